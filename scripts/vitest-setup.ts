// A warning of Node's (a leaked listener, a deprecated call) fails the test file that caused it.
function failOnWarning(warning: Error): never {
  throw warning;
}

// Once in a process, which several files of unit tests share.
if (!process.listeners('warning').some(({ name }) => name === failOnWarning.name)) process.on('warning', failOnWarning);
