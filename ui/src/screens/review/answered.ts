import type { AnswerView, ReviewView, TrackName } from "$ipc/types.ts";

export interface Answered {
  track: TrackName;
  round: number;
  answer: AnswerView;
}

/** The answer that counts in each track: the last one of the last round that was not withdrawn. */
export const answered = ({ tracks }: ReviewView): Answered[] =>
  tracks.flatMap(({ head, rounds }) => {
    const round = rounds.find(({ withdrawn }) => !withdrawn);
    const answer = round?.answers.at(-1);
    return round && answer ? [{ track: head.track, round: round.n, answer }] : [];
  });
