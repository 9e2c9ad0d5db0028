import './styles/index.css';
import { sourceOfPage } from './sources/source-of-page.ts';
import { startPage } from './start-page.tsx';

const root = document.getElementById('page');
if (root) startPage(sourceOfPage(), root);
