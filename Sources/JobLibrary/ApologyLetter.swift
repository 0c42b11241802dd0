import KipCore
import KipWorker
import Office
import OfficeDocuments
import OfficeMail

/// Writes the apology letter of one case file, a page of A4 with the next number of the register, and sends it once: into
/// the print tray, or by mail. The payload names the file, not the person.
public struct ApologyLetter: Job {
    /// `apology-letter`.
    public static let kind = "apology-letter"
    /// A letter is tried five times; what fails then is for a person.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(180))
    /// The case file's code.
    public var caseCode: String
    /// The day that the letter bears.
    public var asOf: LocalDate
    /// 2 = the letter after a second delay; nil or 1 = the first.
    public var promise: Int?

    /// A letter about a case file.
    public init(caseCode: String, asOf: LocalDate, promise: Int = 1) {
        self.caseCode = caseCode
        self.asOf = asOf
        self.promise = promise
    }

    /// One letter for a case file and a promise.
    private var key: LetterKey { LetterKey(code: caseCode, promise: promise ?? 1) }

    /// What became of a letter.
    struct Report: Codable {
        var number: Int?
        var isNew: Bool
        var note: String?
    }

    /// What the name of an envelope's sheet ends with, after its letter's.
    static let sheetEnding = "-dia-chi.pdf"

    /// The keys of its prints begin so.
    static let effects = "print/apology/"

    private static func fileName(_ key: LetterKey) -> String {
        CaseCode.fileName(key.code)
            + (key.promise == 1 ? "-phieu-xin-loi.pdf" : "-thu-xin-loi-lan-\(key.promise).pdf")
    }

    /// The keys of its mails begin so.
    static let mails = "mail/apology/"

    /// What its mail is known by where it is delivered.
    private static func mailName(_ key: LetterKey) -> String { String(fileName(key).dropLast(4)) }

    /// Looks for the letter of a key, `print/apology/CODE/1` in the print tray, `mail/apology/CODE/1` where mail is
    /// delivered. A letter is laid there once for its name, also where it was taken away since, so a worker that hangs and
    /// comes back cannot lay a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        guard let slash = key.firstIndex(of: "/"), let letter = LetterKey(String(key[key.index(after: slash)...]))
        else {
            return .unknown
        }
        let office = try OfficeSetup.current()
        if key.hasPrefix(mails) {
            let name = mailName(letter)
            return try Reconciliation(office.mail.delivery(name: name), receipt: name)
        }
        let name = fileName(letter)
        return try Reconciliation(office.printTray.delivery(name: name), receipt: name)
    }

    /// Writes the letter, or finds the one that was written; prints it where it is not printed.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        guard let file = try office.register.caseFile(caseCode) else {
            return .discard(reason: "there is no case file \(caseCode) in the register; import it and retry the job")
        }
        // What has its number goes out, whatever was imported since.
        if let document = try office.register.document(key: key.description) {
            guard !document.bytes.isEmpty else {
                return try .done(Report(number: document.number, isNew: false, note: "its time is over, it was wiped"))
            }
            try await send(document, file, office, context)
            return try .done(Report(number: document.number, isNew: false))
        }
        let day = try day(office)
        guard try isOwed(file, office, on: day) else {
            return try .done(Report(number: nil, isNew: false, note: "no apology is owed any more"))
        }
        let missing = file.missingForLetter(asOf: day, calendar: office.calendar, promise: key.promise)
        guard missing.isEmpty else {
            try office.register.note(missing: missing, for: file.code, asOf: day)
            return .discard(
                reason: "case file \(caseCode) lacks \(missing.count) facts; “kip cases needs-data” names them")
        }
        let (document, isNew) = try issue(file, day, office)
        try await send(document, file, office, context)
        return try .done(Report(number: document.number, isNew: isNew))
    }

    private func isOwed(_ file: CaseFile, _ office: OfficeSetup, on day: LocalDate) throws -> Bool {
        if key.promise > 1 {
            let first = try office.register.document(key: LetterKey(code: caseCode, promise: 1).description)
            return file.isLateTwice(firstLetter: first?.dated, asOf: day)
        }
        return file.owesApology(
            asOf: day, calendar: office.calendar, leadWorkingDays: office.profile.apology.leadWorkingDays)
    }

    /// The day that the letter bears: its sweep's. A second one waits for a person, often for days: it bears the day of the
    /// latest sweep. Where the job came late, of a sweep that is no replay of days gone by, it is the last day that was worked.
    private func day(_ office: OfficeSetup) throws -> LocalDate {
        let today = LocalDate.today
        var day = asOf
        if key.promise > 1, let last = try office.register.lastLetterSweep(), last <= today { day = max(asOf, last) }
        guard day < today, OfficeHours.isFresh(day, on: today, office.calendar) else { return day }
        return max(day, office.calendar.onOrBefore(today))
    }

    private func issue(
        _ file: CaseFile, _ asOf: LocalDate, _ office: OfficeSetup
    ) throws -> (document: IssuedDocument, isNew: Bool) {
        let key = key
        return try office.register.issue(
            key: key.description, book: office.profile.apology.book, year: asOf.year
        ) { number in
            let letter = ApologyLetterForm(file, office.profile, key, number: number, asOf: asOf)
            return IssuedDocument(
                key: key.description, kind: "letter", subject: "Xin lỗi, hồ sơ \(file.code)", dated: asOf,
                fileName: Self.fileName(key),
                bytes: try PDFRenderer.render(letter.document(office.letterTemplates), pages: 1))
        }
    }

    /// The letter with the office's signature, where it signs.
    private func signed(_ document: IssuedDocument, _ office: OfficeSetup) throws -> [UInt8] {
        guard let signing = office.profile.signing else { return document.bytes }
        if let kept = try office.register.signed(document.key) { return kept }
        return try office.register.keep(
            signed: PDFSignature.sign(document.bytes, with: SigningKey(signing)), of: document.key, by: "kip")
    }

    /// Its steps are written before and after: where nobody comes back to say that it went, it is in doubt; what is known not
    /// to have gone is drafted again.
    private func send(
        _ document: IssuedDocument, _ file: CaseFile, _ office: OfficeSetup, _ context: JobContext
    ) async throws {
        let register = office.register
        // What went, came back on paper or is in doubt is for a person.
        let steps = try register.letterSteps(of: document.key)
        guard let last = steps.last, last.waitsToGo || last.state == .sending else { return }
        let bytes = try signed(document, office)
        // A letter that is on its way goes on as it began, whatever was imported or set since.
        let isByMail =
            office.profile.apology.delivery == .mail && !file.email.isEmpty
            && !steps.contains(where: \.isReturnedMail)
        let way = last.state == .sending ? last.note : isByMail ? "mail" : "print"
        if way == "mail", try await mails(document, bytes, file, office, context) { return }
        let sheet = try addressSheet(document, file, office.profile)
        try await step(document, "print", office) {
            try await context.print(document, bytes, with: sheet, in: office.printTray)
        }
    }

    /// The sheet for the envelope, `CODE-phieu-xin-loi-dia-chi.pdf`; nil where the office has no address, and the desk hands
    /// the letter over.
    private func addressSheet(
        _ document: IssuedDocument, _ file: CaseFile, _ profile: OfficeProfile
    ) throws -> (name: String, bytes: [UInt8])? {
        if file.address.isEmpty { return nil }
        let sheet = AddressSheet(
            sender: [profile.agencyInText, profile.desk.address], recipient: file.applicant, address: file.address,
            phone: file.phone,
            reference: "Thư số \(document.officialNumber(profile.apology.symbol)), hồ sơ \(file.code).",
            date: DocumentDate(document.dated))
        return (String(document.fileName.dropLast(4)) + Self.sheetEnding, try sheet.render())
    }

    /// - Returns: whether it went; no = the mail server will never take it, and it is known not to have gone.
    private func mails(
        _ document: IssuedDocument, _ bytes: [UInt8], _ file: CaseFile, _ office: OfficeSetup, _ context: JobContext
    ) async throws -> Bool {
        do {
            try await step(document, "mail", office) {
                let message = try mail(document, bytes, file, office)
                _ = try await context.mail(
                    message, named: Self.mailName(key), effect: "mail/\(document.key)", by: office.mail)
            }
            return true
        } catch JobSignal.discard {
            return false
        }
    }

    private func step(
        _ document: IssuedDocument, _ way: String, _ office: OfficeSetup, _ body: () async throws -> Void
    ) async throws {
        let register = office.register
        try register.note(letter: document.key, .sending, by: "kip", note: way)
        do {
            try await body()
        } catch {
            if error is EffectDidNotHappen || error is JobSignal {
                try register.note(letter: document.key, .drafted, by: "kip", note: "\(way): \(error)")
            }
            throw error
        }
        try register.note(letter: document.key, .sent, by: "kip", note: way)
    }

    private func mail(
        _ document: IssuedDocument, _ bytes: [UInt8], _ file: CaseFile, _ office: OfficeSetup
    ) throws -> MailMessage {
        let profile = office.profile
        let mail = ApologyMail(
            applicant: file.applicant, code: file.code, agency: profile.agencyInText, desk: profile.desk.name,
            phone: profile.desk.phone)
        // 8:00 in Viet Nam, which is UTC+7 all year.
        return MailMessage(
            from: profile.reminders.sender, to: [file.email], subject: mail.subject, text: mail.text, html: mail.html,
            attachments: [MailAttachment(name: document.fileName, mediaType: "application/pdf", bytes: bytes)],
            date: Double(document.dated.number) * 86_400 + 3_600, key: document.key)
    }
}

extension SigningKey {
    /// The key that a profile names.
    public init(_ signing: OfficeProfile.Signing) {
        self.init(nssDirectory: signing.nssDirectory, nickname: signing.nickname)
    }
}

extension IssuedDocument {
    /// `07/PXL-UBND`, as the document bears it.
    func officialNumber(_ symbol: String) -> String { OfficialDocument.numberText(number, symbol) }
}

extension DocumentDate {
    init(_ date: LocalDate) {
        let (year, month, day) = date.parts
        self.init(year: year, month: month, day: day)
    }
}
