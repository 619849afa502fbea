/** The parts of the documents, in their order. */
export const TAGS = [
  {
    name: "Uploads",
    description:
      "Photos on their way in: as bytes, as a form, by URL, straight into the storage, or in parts that can be resumed.",
  },
  {
    name: "Stylizations",
    description: "Pictures made of a photo: at once, or as a job to be followed, polled or told of.",
  },
  {
    name: "Images",
    description: "Pictures by URL alone, for an `<img>`: drawn when they are first asked for, then cached.",
  },
  {
    name: "Webhooks",
    description:
      "Signed messages when a stylization has ended, after [Standard Webhooks](https://www.standardwebhooks.com).",
  },
  { name: "Users", description: "What is stored of a person, and its erasure." },
  { name: "Keys", description: "Who may do what, and how often: keys, tokens and usage." },
  { name: "Service", description: "The styles, the service's health, and the API's own description." },
] as const;
