extension Register {
    /// The letter that a person means: by its key, or by its case file's code, which stands for its first letter. The code may
    /// be written in any way that an import takes for the same (`CaseCode.key`).
    /// - Returns: the key as the letter bears it; what was said where there is none.
    /// - Throws: `OfficeError.register`.
    public func letterKey(said text: String) throws(OfficeError) -> LetterKey {
        let said = LetterKey.said(text)
        if try document(key: said.description) != nil { return said }
        let code = CaseCode.key(said.code)
        let letters = try issuedKeys(kind: "letter").compactMap { LetterKey($0) }
        return letters.filter { $0.promise == said.promise && CaseCode.key($0.code) == code }
            .min { $0.code < $1.code } ?? said
    }
}
