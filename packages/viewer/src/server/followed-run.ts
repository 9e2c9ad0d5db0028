import { randomBytes } from 'node:crypto';
import { thrownText } from '@rlm-bridge/text';
import type { ViewSource } from '../model/view-source.ts';
import { RunVersions } from './run-versions.ts';

/** Who is told that a run that they follow has changed or is over. */
export type Follower = () => void;

/** A run that pages look at while it works: followed once, for all of them, and no longer than the last one looks. */
export class FollowedRun {
  readonly versions: RunVersions = new RunVersions();
  /** Tells its versions from those of the same run followed at another time. */
  readonly name: string = randomBytes(6).toString('base64url');
  readonly #followers = new Set<Follower>();
  readonly #left = new AbortController();
  #end: { failure: string | null } | null = null;

  constructor(source: ViewSource, id: string) {
    const following = source.followRun(
      id,
      (view) => {
        this.versions.take(view);
        this.#tell();
      },
      this.#left.signal,
    );
    following.then(
      () => this.#over(null),
      (error) => this.#over(thrownText(error)),
    );
  }

  /** How it was over, with a message when it could not be followed to its end; null: it goes on. */
  get end(): { failure: string | null } | null {
    return this.#end;
  }

  get hasFollowers(): boolean {
    return this.#followers.size > 0;
  }

  add(follower: Follower): void {
    this.#followers.add(follower);
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower);
  }

  stop(): void {
    this.#left.abort();
  }

  #over(failure: string | null): void {
    this.#end = { failure };
    this.#tell();
  }

  #tell(): void {
    for (const follower of [...this.#followers]) follower();
  }
}
