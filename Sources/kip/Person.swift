import Foundation

/// Who decides, for the record.
enum Person {
    /// What KIP_BY says, else the login's name and the machine's.
    static var name: String {
        if let by = ProcessInfo.processInfo.environment["KIP_BY"], !by.isEmpty { return by }
        return "\(NSUserName())@\(ProcessInfo.processInfo.hostName)"
    }
}
