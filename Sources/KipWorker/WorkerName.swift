import Glibc

/// The name by which a broker lists a worker that was given none: the machine and the process, `desk-3/4711`.
package enum WorkerName {
    /// - Parameters:
    ///   - given: stands for the machine, where there is one.
    ///   - process: the process's id.
    ///   - host: the machine; it is taken without its domain, and cut.
    package static func of(_ given: String? = nil, process: Int32 = getpid(), on host: String = host) -> String {
        let short = host.prefix(while: { $0 != "." }).prefix(20)
        return "\(given ?? (short.isEmpty ? "kip" : String(short)))/\(process)"
    }

    /// This machine.
    package static let host: String = {
        var bytes = [CChar](repeating: 0, count: 256)
        gethostname(&bytes, bytes.count - 1)
        return String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
