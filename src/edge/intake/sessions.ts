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

export const noUpload = () => new ProblemError("upload_not_found", "There is no upload of that id.");
