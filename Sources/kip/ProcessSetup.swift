import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What a process needs of the system before it does anything.
enum ProcessSetup {
    /// File descriptors of a command: its own, libzmq's, and the broker's connection. libzmq aborts if it gets none.
    private static let commandDescriptors: UInt = 20
    /// Those of a process that serves: a broker has its database three times, two threads of libzmq, and connections.
    private static let serverDescriptors: UInt = 64

    /// - Throws: `Failure` that says what is missing.
    static func check() throws {
        openStandardStreams()
        guard !CommandLine.arguments.isEmpty else {
            throw Failure.unavailable(
                "this program cannot read its own arguments: /proc is not mounted (mount -t proc proc /proc)")
        }
    }

    /// A program that was started with a closed stdin, stdout or stderr would get the next file that it opens in its place,
    /// and write its messages into that: a database, say. Writes to a stream that was closed go nowhere.
    private static func openStandardStreams() {
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 && errno == EBADF {
            // The lowest number that is free, which is this one.
            _ = open("/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY)
        }
    }

    /// Whether a command that speaks to a broker, or serves, has the file descriptors that it needs.
    /// - Throws: `Failure` that says how many there are and how many are needed.
    static func checkDescriptors(serves: Bool) throws {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let needed = serves ? serverDescriptors : commandDescriptors
        if limit.rlim_cur < needed, limit.rlim_max > limit.rlim_cur {
            limit.rlim_cur = min(limit.rlim_max, max(needed, 1_024))
            _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        }
        guard limit.rlim_cur >= needed else {
            throw Failure.unavailable(
                "this process may open \(limit.rlim_cur) files only, and needs \(needed): allow more (ulimit -n 1024, or "
                    + "LimitNOFILE= of its systemd unit)")
        }
    }
}
