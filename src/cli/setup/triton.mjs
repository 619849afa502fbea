import { chmod, copyFile } from "node:fs/promises";
import { join } from "node:path";
import { Complaint } from "../complaint.mjs";
import { ROOT } from "../root.mjs";
import { capture } from "./command.mjs";
import { findPython } from "./python.mjs";
import { ensureVenv } from "./venv.mjs";

const FOLDER = ".venv-triton";
/** The backend is built for NumPy 1, which newer Pythons have no wheels of. */
const PYTHONS = ["python3.12", "python3.11", "python3"];
/** Of the wheel, manylinux_2_35. */
const LEAST_GLIBC = [2, 35];
/** Programs of the backend, one for each of these. */
const STUBS = ["3.11", "3.12"];
/** Tells the version of a Python, its packages, the folder of its shared library, which the backend loads, and whether it can be loaded. */
const ASK = `import ctypes, os, sys, sysconfig as s
folder, name = s.get_config_var("LIBDIR") or "", s.get_config_var("INSTSONAME") or ""
def loads(path):
    try: return bool(ctypes.CDLL(path))
    except OSError: return False
print("%d.%d" % sys.version_info[:2]); print(s.get_path("purelib")); print(folder)
print(".so" in name and (loads(os.path.join(folder, name)) or loads(name)))`;
const INSTEAD = "check the Triton of a container instead: npm run conformance -- URL.";

/**
 * @typedef {object} Triton
 * @property {string} python
 * @property {string} program tritonserver
 * @property {string} backends the folder that has its Python backend, and no other
 * @property {NodeJS.ProcessEnv} env that it runs in
 */

/**
 * Installs a Triton Inference Server with its Python backend, unless it is there: a whole tritonserver is in the wheel of nvidia-pytriton.
 *
 * @returns {Promise<Triton>}
 * @throws Complaint where there is none for this machine
 */
export async function ensureTriton() {
  const problem = await tritonProblem();
  if (problem !== undefined) throw new Complaint(problem);
  const venv = await ensureVenv({
    what: "Triton",
    folder: FOLDER,
    requirements: "tests/conformance/servers/triton/requirements.txt",
    flags: ["--no-deps"],
    pythons: PYTHONS,
    finish: placeStub,
  });
  const { packages, libraries } = await describe(join(venv, "bin", "python"));
  const server = join(packages, "pytriton/tritonserver");
  const paths = [join(packages, "nvidia_pytriton.libs"), libraries, process.env.LD_LIBRARY_PATH ?? ""];
  return {
    python: join(venv, "bin", "python"),
    program: join(server, "bin/tritonserver"),
    backends: join(server, "backends"),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: paths.filter((path) => path !== "").join(":"),
      PATH: `${join(venv, "bin")}:${process.env.PATH}`,
    },
  };
}

/**
 * One sentence where there is none for this machine.
 *
 * @returns {Promise<string | undefined>}
 */
export async function tritonProblem() {
  const problem = complaintAboutMachine(process.platform, process.arch, glibc());
  if (problem !== undefined) return problem;
  const { version, isShared } = await describe(await findPython(PYTHONS));
  if (STUBS.includes(version) && isShared) return undefined;
  const wanted = `Triton's Python backend needs Python ${STUBS.join(" or ")} with its shared library (on Debian, libpython3)`;
  return `${wanted}, and this is Python ${version}${isShared ? "" : " without one"}: ${INSTEAD}`;
}

/**
 * @param {string} platform
 * @param {string} arch
 * @param {string | undefined} libc the version of glibc, where that is the C library
 */
export function complaintAboutMachine(platform, arch, libc) {
  if (platform !== "linux" || arch !== "x64") {
    return `PyPI has Triton for Linux on x64 only, not for ${platform} on ${arch}: ${INSTEAD}`;
  }
  const [major = 0, minor = 0] = (libc ?? "").split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST_GLIBC;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `Triton needs glibc ${LEAST_GLIBC.join(".")} or newer, and this is ${libc ?? "another C library"}: ${INSTEAD}`;
}

function glibc() {
  const { header } = /** @type {{ header: { glibcVersionRuntime?: string } }} */ (process.report.getReport());
  return header.glibcVersionRuntime;
}

/** The backend's program for our Python, where the server looks for it. */
async function placeStub() {
  const { version, packages } = await describe(join(ROOT, FOLDER, "bin", "python"));
  const server = join(packages, "pytriton/tritonserver");
  const stub = join(server, "backends/python/triton_python_backend_stub");
  await copyFile(join(server, "python_backend_stubs", version, "triton_python_backend_stub"), stub);
  await chmod(stub, 0o755);
}

/** @param {string} python */
async function describe(python) {
  const { output } = await capture(python, ["-c", ASK]);
  const [version = "", packages = "", libraries = "", isShared = ""] = output.split("\n");
  return { version, packages, libraries, isShared: isShared === "True" };
}
