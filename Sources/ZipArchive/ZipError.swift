/// Why a zip file cannot be read or written.
public enum ZipError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is no zip file, or a broken one.
    case broken(String)
    /// A file in it unpacks to more bytes than the reader wants: a mistake, or a bomb.
    case tooLarge(name: String, limit: Int)
    /// It could not be written.
    case notWritten(String)

    /// What happened.
    public var description: String {
        switch self {
        case .broken(let reason): "the zip file cannot be read: \(reason)"
        case .tooLarge(let name, let limit): "“\(name)” in the zip file unpacks to more than \(limit) bytes"
        case .notWritten(let reason): "the zip file cannot be written: \(reason)"
        }
    }
}
