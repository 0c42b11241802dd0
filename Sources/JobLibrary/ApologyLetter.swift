import KipCore
import KipWorker
import Office
import OfficeDocuments
import OfficeMail

/// Writes the apology letter of one case file, a page of A4 with the next number of the register, and lays it into the
/// print tray once. The payload names the file, not the person.
public struct ApologyLetter: Job {
    /// `apology-letter`.
    public static let kind = "apology-letter"
    /// A letter is tried five times; what fails then is for a person.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(60))
    /// The case file's code.
    public var caseCode: String
    /// The day that the letter bears.
    public var asOf: LocalDate

    /// A letter about a case file.
    public init(caseCode: String, asOf: LocalDate) {
        self.caseCode = caseCode
        self.asOf = asOf
    }

    /// One letter for a case file and its first promise.
    static func key(_ code: String) -> String { "apology/\(code)/1" }

    /// What became of a letter.
    struct Report: Codable {
        var number: Int?
        var isNew: Bool
        var note: String?
    }

    /// The keys of its prints begin so.
    static let effects = "print/apology/"

    private static func fileName(_ code: String) -> String {
        String(code.map { $0.isLetter || $0.isNumber || ".-_".contains($0) ? $0 : "-" }) + "-phieu-xin-loi.pdf"
    }

    /// Looks into the print tray for the letter of a key, `print/apology/CODE/1`. A letter is laid there once for its
    /// name, also where it was taken away since, so a worker that hangs and comes back cannot lay a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        guard key.hasPrefix(effects), key.hasSuffix("/1") else { return .unknown }
        let name = fileName(String(key.dropFirst(effects.count).dropLast(2)))
        return try Reconciliation(try OfficeSetup.current().printTray.delivery(name: name), receipt: name)
    }

    /// Writes the letter, or finds the one that was written; prints it where it is not printed.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        guard let file = try office.register.caseFile(caseCode) else {
            return .discard(reason: "there is no case file \(caseCode) in the register; import it and retry the job")
        }
        let lead = office.profile.apology.leadWorkingDays
        guard file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: lead) else {
            return try .done(Report(number: nil, isNew: false, note: "no apology is owed any more"))
        }
        let missing = file.missingForLetter(asOf: asOf)
        guard missing.isEmpty else {
            try office.register.note(missing: missing, for: file.code, asOf: asOf)
            return .discard(
                reason: "case file \(caseCode) lacks \(missing.count) facts; “kip cases needs-data” names them")
        }
        let rules = office.profile.apology
        let (document, isNew) = try office.register.issue(
            key: Self.key(caseCode), book: rules.book, year: asOf.year
        ) { number in
            let bytes = try PDFRenderer.render(letter(file, office.profile, number).document, pages: 1)
            return IssuedDocument(
                key: Self.key(caseCode), kind: "letter", subject: "Xin lỗi, hồ sơ \(caseCode)", dated: asOf,
                fileName: Self.fileName(caseCode), bytes: bytes)
        }
        _ = try await context.once("print/\(document.key)") {
            do throws(MailError) {
                try office.printTray.put(document.bytes, name: document.fileName)
                return document.fileName
            } catch {
                // A letter is in the tray whole or not at all.
                throw EffectDidNotHappen("\(error)")
            }
        }
        return try .done(Report(number: document.number, isNew: isNew))
    }

    private func letter(_ file: CaseFile, _ profile: OfficeProfile, _ number: Int?) -> ApologyLetterForm {
        let resolved = file.resolvedOn.flatMap { $0 <= asOf ? $0 : nil }
        return ApologyLetterForm(
            superiorAgency: profile.superiorAgency, agency: profile.agency, agencyInText: profile.agencyInText,
            number: number, symbol: profile.apology.symbol, place: profile.place, date: DocumentDate(asOf),
            applicant: file.applicant, address: file.address, code: file.code, procedure: file.procedure,
            field: file.field, unit: file.unit, receivedOn: file.receivedOn.form, promisedOn: file.promisedOn.form,
            resolvedOn: resolved?.form, reason: file.delayReason,
            newPromise: resolved == nil ? file.newPromise.map { DocumentDate($0) } : nil,
            desk: "\(profile.desk.name), \(profile.desk.address)", phone: profile.desk.phone,
            legalBasis: profile.apology.legalBasis, signerAuthority: profile.signer.authority,
            signerName: profile.signer.name)
    }
}

extension DocumentDate {
    init(_ date: LocalDate) {
        let (year, month, day) = date.parts
        self.init(year: year, month: month, day: day)
    }
}
