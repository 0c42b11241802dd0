import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// What ties the processes of a pool to the process above them: a pipe into which nobody writes. Each child has its
/// reading end as stdin, the pool alone has the other. When the pool ends, however it ends (kill -9, too), the kernel
/// closes that end, and the children read the end of the file.
///
/// PR_SET_PDEATHSIG would go by the thread that started the child, and a look at getppid would be late.
final class PoolTie: Sendable {
    private let reading: Int32
    private let writing: Int32

    /// A new tie.
    /// - Throws: `Failure` if the process has no file descriptors left.
    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw Failure.unavailable(
                "no pipe can be made for the worker processes: \(String(cString: strerror(errno)))")
        }
        // Closed by exec, so that no child holds the writing end of its own tie.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        (reading, writing) = (ends[0], ends[1])
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// The stdin of a child.
    var stdin: FileHandle { FileHandle(fileDescriptor: reading, closeOnDealloc: false) }

    /// In a child: calls a body once, when the pool is gone.
    static func whenPoolEnds(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread {
            var byte: UInt8 = 0
            while true {
                let count = read(STDIN_FILENO, &byte, 1)
                if count > 0 || (count < 0 && errno == EINTR) { continue }
                return body()
            }
        }
        thread.name = "kip-pool-tie"
        thread.start()
    }
}
