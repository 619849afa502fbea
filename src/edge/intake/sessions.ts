import { ProblemError } from "../../contract/problem.ts";
import { mayTouch, type Principal } from "../access/principal.ts";
import type { Bindings } from "../bindings.ts";
import { reached } from "../reached.ts";
import type { Session } from "./upload-session.ts";

type Sessions = Pick<Bindings, "UPLOAD_SESSIONS">;
export type SessionStub = ReturnType<Bindings["UPLOAD_SESSIONS"]["getByName"]>;

export const sessionOf = ({ UPLOAD_SESSIONS }: Sessions, id: string): SessionStub =>
  UPLOAD_SESSIONS.getByName(id);

export type Known = Session & { offset: number };

/** A session of this kind that the principal may see; undefined where there is none such. */
export async function findSession(
  env: Sessions,
  id: string,
  kind: Session["kind"],
  principal: Principal,
): Promise<Known | undefined> {
  const known = await reached("uploads", async (): Promise<Known | undefined> => sessionOf(env, id).look());
  return known?.kind === kind && mayTouch(principal, known) ? known : undefined;
}

/** @throws ProblemError `too_much_under_way` where the owner has as many begun as they may have */
export async function beginSession(env: Bindings, session: Session): Promise<void> {
  const { id, owner, expiresAt } = session;
  const key = () => env.API_KEYS.getByName(owner);
  if (!(await reached("keys", async () => key().openSession(id, expiresAt)))) {
    const detail = "As many uploads are begun, and not ended, as a key may have.";
    throw new ProblemError("too_much_under_way", detail, { retryAfter: 60 });
  }
  try {
    await reached("uploads", async () => sessionOf(env, id).begin(session));
  } catch (error) {
    await key()
      .closeSession(id)
      .catch(() => {}); // it then counts until it would have expired
    throw error;
  }
}
