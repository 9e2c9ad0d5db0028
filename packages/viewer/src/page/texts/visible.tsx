import type { ComponentChild } from 'preact';
import { isPlain, piecesOf } from './visible-text.ts';

/** A text of a model, a context or a user: text and nothing else, with marks for what would not be seen. */
export function Visible({ text }: { text: string }): ComponentChild {
  if (isPlain(text)) return text;
  return piecesOf(text).map((piece, place) =>
    'text' in piece ? (
      piece.text
    ) : (
      <span key={place} class="mark-unseen" title={piece.name}>
        {piece.mark}
      </span>
    ),
  );
}
