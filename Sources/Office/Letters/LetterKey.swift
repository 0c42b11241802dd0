/// What an apology letter is about: a case file and a promise of it. There is at most one letter for a key.
public struct LetterKey: Sendable, Hashable, CustomStringConvertible {
    /// The case file's code.
    public var code: String
    /// 1 = the first promised return date; 2 = the new date of the first letter.
    public var promise: Int

    /// The letter of a promise.
    public init(code: String, promise: Int) {
        self.code = code
        self.promise = promise
    }

    /// Reads `apology/{code}/{promise}`.
    public init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let slash = text.lastIndex(of: "/"),
            let promise = Int(text[text.index(after: slash)...]), promise > 0
        else { return nil }
        let code = text.dropFirst(Self.prefix.count)
        guard code.startIndex < slash else { return nil }
        self.init(code: String(code[..<slash]), promise: promise)
    }

    /// The keys of all letters that a case file can have.
    static func all(of code: String) -> [String] { [1, 2].map { LetterKey(code: code, promise: $0).description } }

    /// What a person says: a letter's key, or a case file's code, which stands for its first letter.
    public static func said(_ text: String) -> LetterKey { LetterKey(text) ?? LetterKey(code: text, promise: 1) }

    private static let prefix = "apology/"

    /// `apology/{code}/{promise}`.
    public var description: String { "\(Self.prefix)\(code)/\(promise)" }
}
