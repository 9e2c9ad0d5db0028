import { describeTypedAnswers } from './typed-answers.scenarios.ts';

describeTypedAnswers('local');
