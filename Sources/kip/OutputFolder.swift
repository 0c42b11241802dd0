import DurableFiles
import Foundation

/// A folder that a command writes files into.
enum OutputFolder {
    /// Makes it, and those above it that are missing; a new one belongs to the owner of the folder that it lies in.
    /// - Throws: `Failure` if it cannot be made.
    static func make(_ path: String) throws {
        let made = FileOwnership.makeDirectory(path, mode: 0o777)
        guard made == 0 else { throw Failure.data("\(path) cannot be made: \(String(cString: strerror(made)))") }
    }
}
