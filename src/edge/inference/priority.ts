/** Who waits: a person before a page, or nobody in particular. What is for people comes first, and the rest is given up before it. */
export type Priority = "interactive" | "batch";
