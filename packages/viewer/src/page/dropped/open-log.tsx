import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';

/** A log is opened by dropping it on the page, or by choosing it; several at once, too. */
export function OpenLog({ onFiles }: { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onDragOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onDragLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      onFiles([...(event.dataTransfer?.files ?? [])]);
    };
    addEventListener('dragover', onDragOver);
    addEventListener('dragleave', onDragLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('dragleave', onDragLeave);
      removeEventListener('drop', onDrop);
    };
  }, [onFiles]);
  return (
    <>
      <button
        type="button"
        class="icon-button"
        onClick={() => input.current?.click()}
        title="Open a log of the official library; or drop it here"
      >
        <Icon name="file" /> <span class="wide-only">Open a log</span>
      </button>
      <input
        ref={input}
        type="file"
        class="only-read"
        accept=".jsonl,.json,.log"
        multiple
        tabIndex={-1}
        aria-label="Open a log"
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
      {isOver && <div class="drop-here">Drop the log: it is read in this page, and goes nowhere.</div>}
    </>
  );
}
