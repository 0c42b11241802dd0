import Foundation

/// The file of the program that runs.
enum OwnProgram {
    /// - Throws: `Failure` if it cannot be found.
    static func url() throws -> URL {
        let link = "/proc/self/exe"
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: link), isProgram(path) {
            return URL(fileURLWithPath: path)
        }
        // Without /proc, or with the file replaced by an upgrade: as it was called.
        let name = CommandLine.arguments.first ?? "kip"
        if name.contains("/") {
            if isProgram(name) { return URL(fileURLWithPath: name) }
        } else {
            let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            let path = folders.map { "\($0)/\(name)" }.first(where: isProgram)
            if let path { return URL(fileURLWithPath: path) }
        }
        throw Failure.unavailable(
            "the file of this program is not found, neither by \(link) nor as “\(name)” in PATH; worker processes cannot be "
                + "started: call kip by its whole path")
    }

    private static func isProgram(_ path: String) -> Bool { FileManager.default.isExecutableFile(atPath: path) }
}
