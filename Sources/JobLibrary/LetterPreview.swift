import Office
import OfficeDocuments

extension OfficeSetup {
    /// A case file's letter as it would be written on a day, without a number: nothing is registered or sent.
    /// - Parameter promise: 2 = the letter after a second delay.
    /// - Returns: the PDF, and what the letter lacks before it can be issued.
    /// - Throws: `OfficeError` where there is no such file; `DocumentError` where the text cannot be used or is too long.
    public func previewLetter(
        _ code: String, promise: Int, asOf date: LocalDate
    ) throws -> (pdf: [UInt8], lacks: [String]) {
        let file = try owedFile(code, promise: promise, asOf: date)
        return (
            try PDFRenderer.render(document(about: file, promise: promise, asOf: date), pages: 1),
            try file.lacksForLetter(asOf: date, calendar, promise: promise)
        )
    }

    /// The same letter before it is laid out.
    /// - Throws: as `previewLetter`.
    public func letterDocument(_ code: String, promise: Int, asOf date: LocalDate) throws -> OfficialDocument {
        try document(about: owedFile(code, promise: promise, asOf: date), promise: promise, asOf: date)
    }

    private func owedFile(_ code: String, promise: Int, asOf date: LocalDate) throws(OfficeError) -> CaseFile {
        guard let file = try register.caseFile(code) else {
            throw OfficeError.cases("there is no case file “\(code)” in the register; import it first")
        }
        if promise > 1, file.newPromise == nil {
            throw OfficeError.cases("case file \(code) was given no new date, so there is no second letter about it")
        }
        guard ![.early, .onTime].contains(file.state(asOf: date)) else {
            throw OfficeError.cases("case file \(code) had its result in time as of \(date): no letter is owed")
        }
        return file
    }

    private func document(about file: CaseFile, promise: Int, asOf date: LocalDate) throws -> OfficialDocument {
        let key = LetterKey(code: file.code, promise: promise)
        return try ApologyLetterForm(file, profile, key, number: nil, asOf: date).document(letterTemplates)
    }
}
