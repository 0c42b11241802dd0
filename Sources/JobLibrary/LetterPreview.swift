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
        guard let file = try register.caseFile(code) else {
            throw OfficeError.cases("there is no case file “\(code)” in the register; import it first")
        }
        if promise > 1, file.newPromise == nil {
            throw OfficeError.cases("case file \(code) was given no new date, so there is no second letter about it")
        }
        guard ![.early, .onTime].contains(file.state(asOf: date)) else {
            throw OfficeError.cases("case file \(code) had its result in time as of \(date): no letter is owed")
        }
        let key = LetterKey(code: file.code, promise: promise)
        let letter = ApologyLetterForm(file, profile, key, number: nil, asOf: date)
        return (
            try PDFRenderer.render(letter.document(letterTemplates), pages: 1),
            try file.lacksForLetter(asOf: date, calendar, promise: promise)
        )
    }
}
