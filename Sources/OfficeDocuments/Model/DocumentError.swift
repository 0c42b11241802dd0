/// Why a document could not be made.
public enum DocumentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No font that has every Vietnamese letter.
    case noFont
    /// Cairo's own word.
    case cairo(String)
    /// It does not fit on as many pages as it may have.
    case tooLong(pages: Int, allowed: Int)
    /// A table or a chart that does not add up, or a part that no page holds.
    case malformed(String)
    /// The parts of a Word document could not be packed.
    case notPacked(String)
    /// A text of the office's own that cannot be used.
    case template(String)
    /// It cannot be signed, or its signature cannot be looked at.
    case signature(String)

    /// What happened and what to do next.
    public var description: String {
        switch self {
        case .noFont:
            "no serif font with all Vietnamese letters is installed; install fonts-croscore or fonts-liberation2"
        case .cairo(let reason): "the page could not be drawn: \(reason)"
        case .tooLong(let pages, let allowed):
            "the document takes \(pages) pages, \(allowed) are allowed; shorten the reason or the names"
        case .malformed(let reason): "the document cannot be laid out: \(reason)"
        case .notPacked(let reason): "the Word document could not be packed: \(reason)"
        case .template(let reason), .signature(let reason): reason
        }
    }
}
