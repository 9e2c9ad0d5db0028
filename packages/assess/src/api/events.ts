import type { RLMEvent } from 'rlm-bridge';
import type { Verification } from './verification.ts';
import type { Finding, WorkerAssessment } from './worker-assessment.ts';

interface WorkerEvent<Type extends string> {
  /** Name of the event. */
  type: Type;
  /** Id of the worker that it is about. */
  workerId: string;
}

/** Which of the readings of a sample it is. */
export interface ReadingPart {
  /** Its number, from 1. */
  number: number;
  /** How many readings there are, kept ones included. */
  of: number;
}

interface SampleEvent<Type extends string> extends WorkerEvent<Type> {
  /** Number of the sample, from 1. */
  sample: number;
  /** Under `incremental`, the reading that the run is; null: the run judges the whole, by the work or by its readings. */
  reading: ReadingPart | null;
}

/** The evidence of a worker is together. */
interface EvidenceCollectedEvent extends WorkerEvent<'evidence.collected'> {
  /** Changed files that a model will be shown. */
  files: number;
  /** Characters of all the evidence. */
  chars: number;
  /** Documents of the evidence, the overview among them. */
  documents: number;
}

/** The work of a worker is judged by readings of its parts. */
interface ReadingsPlannedEvent extends WorkerEvent<'readings.planned'> {
  /** Readings that are kept from before, in all samples. */
  kept: number;
  /** Readings that are to be made, in all samples. */
  toMake: number;
}

/** A worker is judged: once, or as often as the option `samples` says. */
interface SampleStartedEvent extends SampleEvent<'sample.started'> {
  /** Id of the run that judges. */
  runId: string;
}

/** Something happened in the run that judges. */
interface SampleRunEvent extends SampleEvent<'sample.event'> {
  /** An event of the run, as `runRLM` gives it. */
  event: RLMEvent;
}

/** A worker was judged, or could not be. */
interface SampleCompletedEvent extends SampleEvent<'sample.completed'> {
  /** US dollars of the run that judged, in all of its lives; null when the price of any call is unknown. */
  costUsd: number | null;
  /** Why the sample does not count, for a person; null when it does. */
  error: string | null;
}

interface LookEvent<Type extends string> extends WorkerEvent<Type> {
  /** Id of the finding that a second look is taken at. */
  findingId: string;
}

/** A second model is asked about a finding that the verdict rests on. */
interface VerificationStartedEvent extends LookEvent<'verification.started'> {
  /** Id of the run that asks. */
  runId: string;
}

/** Something happened in the run that asks. */
interface VerificationRunEvent extends LookEvent<'verification.event'> {
  /** An event of the run, as `runRLM` gives it. */
  event: RLMEvent;
}

/** A second look was taken, was there already, or failed. */
interface VerificationCompletedEvent extends LookEvent<'verification.completed'> {
  /** What came of it. */
  verification: Verification;
}

/** A worker is done with. */
interface WorkerCompletedEvent extends WorkerEvent<'worker.completed'> {
  /** What came of the worker. */
  assessment: WorkerAssessment;
}

/** A finding of a worker that was judged, as the gate takes it. */
export interface AssessedFinding {
  /** Id of the worker that it is of. */
  workerId: string;
  /** What was found. */
  finding: Finding;
}

/** What happens in a call, worker by worker. Branch on `type`. */
export type AssessEvent =
  | WorkerEvent<'worker.started'>
  | EvidenceCollectedEvent
  | ReadingsPlannedEvent
  | SampleStartedEvent
  | SampleRunEvent
  | SampleCompletedEvent
  | WorkerEvent<'worker.cached'>
  | VerificationStartedEvent
  | VerificationRunEvent
  | VerificationCompletedEvent
  | WorkerCompletedEvent;
