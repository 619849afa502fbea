import { mayTouch, type Principal } from "../access/principal.ts";
import type { Bindings } from "../bindings.ts";
import { orUnavailable } from "../storage/available.ts";
import type { Session } from "./upload-session.ts";

type Sessions = Pick<Bindings, "UPLOAD_SESSIONS">;
export type SessionStub = ReturnType<Bindings["UPLOAD_SESSIONS"]["getByName"]>;

export const sessionOf = ({ UPLOAD_SESSIONS }: Sessions, id: string): SessionStub =>
  UPLOAD_SESSIONS.getByName(id);

/** What a session's object answers. @throws ProblemError storage_unavailable where it does not */
export const asked = <Result>(ask: () => Promise<Result>): Promise<Result> =>
  orUnavailable("session", "uploads/…", ask);

export type Known = Session & { offset: number };

/** A session of this kind that the principal may see; undefined where there is none such. */
export async function findSession(
  env: Sessions,
  id: string,
  kind: Session["kind"],
  principal: Principal,
): Promise<Known | undefined> {
  const known = await asked(async (): Promise<Known | undefined> => sessionOf(env, id).look());
  return known?.kind === kind && mayTouch(principal, known) ? known : undefined;
}
