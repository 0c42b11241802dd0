#if canImport(Glibc)
    import Glibc
#endif

/// What SIGHUP means to a process that serves. To one without a terminal, or whose terminal is still there, it is the
/// word to reload (`kill -HUP`, `systemctl reload`). To one whose terminal was closed it is the end, as SIGTERM is.
struct Hangup: Sendable {
    private let hadTerminal: Bool

    /// Made at the start, when the terminal is there.
    init() { hadTerminal = Self.hasTerminal }

    /// The terminal that the process was started from is gone.
    var isEnd: Bool { hadTerminal && !Self.hasTerminal }

    private static var hasTerminal: Bool {
        let terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
        guard terminal >= 0 else { return false }
        close(terminal)
        return true
    }
}
