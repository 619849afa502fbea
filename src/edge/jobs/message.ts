/** What the queue carries: which stylization has work to do. The work itself is the Durable Object's to tell. */
export type JobMessage = { job: string };
