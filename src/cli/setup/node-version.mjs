/** The oldest Node that runs these scripts. */
const SCRIPTS = [20, 0];
/** The oldest that runs the project itself: wrangler and vitest need 22.12, TypeScript files without a flag 22.18. */
const PROJECT = [22, 18];

/**
 * One sentence where this Node cannot run the scripts at all, else undefined. Kept to syntax that old versions parse.
 *
 * @param {string} version as in process.versions.node
 */
export function complaintAboutNode(version) {
  if (isAtLeast(version, SCRIPTS)) return undefined;
  return `This is Node ${version}; stylegate needs Node ${SCRIPTS[0]} or newer (https://nodejs.org).`;
}

/** @param {string} version */
export function runsProject(version) {
  return isAtLeast(version, PROJECT);
}

/**
 * One sentence for a platform without a Node of the project's own.
 *
 * @param {string} version
 * @param {string} platform
 * @param {string} arch
 */
export function complaintAboutPlatform(version, platform, arch) {
  return (
    `npm has no Node 24 for ${platform} on ${arch}, and this Node ${version} is too old: ` +
    `install Node ${PROJECT.join(".")} or newer (https://nodejs.org).`
  );
}

/**
 * @param {string} version
 * @param {number[]} least
 */
function isAtLeast(version, least) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = least;
  return major > leastMajor || (major === leastMajor && minor >= leastMinor);
}
