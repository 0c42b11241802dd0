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
    /// A letter is tried for more than a day; what fails then is for a person, and for the next sweep.
    public static let options = JobOptions(
        maxAttempts: MailRetry.attempts, timeout: .seconds(180), retry: MailRetry.policy)
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
    static func mailName(_ key: LetterKey) -> String { String(fileName(key).dropLast(4)) }

    /// Looks for the letter of a key, `print/apology/CODE/1@REGISTER` in the print tray, `mail/apology/CODE/1@REGISTER` where
    /// mail is delivered. A letter is laid there once for its name, also where it was taken away since, so a worker that hangs
    /// and comes back cannot lay a second one.
    static func look(_ key: String) async throws -> Reconciliation {
        let office = try OfficeSetup.current()
        guard let own = office.ownKey(of: key), let slash = own.firstIndex(of: "/"),
            let letter = LetterKey(String(own[own.index(after: slash)...]))
        else {
            return .unknown
        }
        // Under a key of before, receipts were names.
        let isOld = own == key
        if own.hasPrefix(mails) {
            let name = mailName(letter)
            let receipt = office.mail.receipt(name: name) ?? (isOld ? .statement(name) : .unnamed(file: name))
            return try Reconciliation(office.mail.delivery(name: name), receipt: receipt)
        }
        let name = fileName(letter)
        let receipt = office.printTray.receipt(name: name) ?? (isOld ? .statement(name) : .unnamed(file: name))
        return try Reconciliation(office.printTray.delivery(name: name), receipt: receipt)
    }

    /// Writes the letter, or finds the one that was written; prints it where it is not printed.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        if let code = try shownCode(office) {
            return try await ApologyLetter(caseCode: code, asOf: asOf, promise: promise ?? 1).run(in: context)
        }
        return try await office.ending(key.description, context, Self.options) {
            try await write(office, context)
        }
    }

    /// The spelling of the code under which its case file has its letters, if it is another one; nil = it is this one.
    private func shownCode(_ office: OfficeSetup) throws -> String? {
        guard let code = try office.register.caseFile(caseCode)?.code, code != caseCode,
            try office.register.document(key: key.description) == nil
        else { return nil }
        return code
    }

    private func write(_ office: OfficeSetup, _ context: JobContext) async throws -> Outcome {
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
        let missing = try file.lacksForLetter(asOf: day, office.calendar, promise: key.promise)
        guard missing.isEmpty else {
            try office.register.note(missing: missing, for: file.code, asOf: day)
            return .discard(
                reason: "case file \(caseCode) lacks \(missing.count) facts; “kip cases needs-data” names them")
        }
        let issued: (document: IssuedDocument, isNew: Bool)
        do {
            issued = try issue(file, day, office)
        } catch OfficeError.unprintable(let reason) {
            try office.register.note(missing: [Self.lacksRoom], for: file.code, asOf: day)
            return .discard(reason: "the letter of case file \(caseCode) was not made: \(reason)")
        }
        let (document, isNew) = issued
        let note = context.warn(of: office.register.unwrittenMark)
        try await send(document, file, office, context)
        return try .done(Report(number: document.number, isNew: isNew, note: note))
    }

    /// The entry in the clerk's list for a letter that is longer than its page.
    static let lacksRoom = "thư vừa một trang: rút ngắn lý do trễ hạn, tên thủ tục hoặc tên người nộp"

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
                bytes: try Self.rendered(letter, office))
        }
    }

    private static func rendered(_ letter: ApologyLetterForm, _ office: OfficeSetup) throws -> [UInt8] {
        do {
            return try PDFRenderer.render(letter.document(office.letterTemplates), pages: 1)
        } catch {
            if case .tooLong = error { throw OfficeError.unprintable("\(error)") }
            throw error
        }
    }

    /// The letter with the office's signature, where it signs.
    private func signed(_ document: IssuedDocument, _ office: OfficeSetup) throws -> [UInt8] {
        guard let signing = office.profile.signing else { return document.bytes }
        if let kept = try office.register.signed(document.key) { return kept }
        return try office.register.keep(
            signed: PDFSignature.sign(document.bytes, with: SigningKey(signing)), of: document.key, by: "kip")
    }

    /// Sends the letter, and writes a step before and after (`LetterStep`). If the worker dies in between, the letter becomes
    /// uncertain; if the delivery is known to have failed, it is drafted again.
    private func send(
        _ document: IssuedDocument, _ file: CaseFile, _ office: OfficeSetup, _ context: JobContext
    ) async throws {
        // Before it is signed, and after: the signature is a step.
        guard try stepsToGo(of: document, office) != nil else { return }
        let bytes = try signed(document, office)
        guard let steps = try stepsToGo(of: document, office), let last = steps.last else { return }
        let sending = Sending(letter: document, bytes: bytes, steps: steps, last: last)
        if way(sending, file, office) == "mail" {
            if try await mails(sending, file, office, context) { return }
            // The server will never take it, and it is known not to have gone.
            return try await send(document, file, office, context)
        }
        let sheet = try addressSheet(document, file, office.profile)
        try await step(sending, "print", office) { effect in
            try await context.print(document, bytes, with: sheet, effect: effect, in: office.printTray)
        }
    }

    /// The steps of a letter that is to go; nil = it went, came back on paper or is in doubt, which is for a person.
    private func stepsToGo(of document: IssuedDocument, _ office: OfficeSetup) throws -> [LetterStep]? {
        let steps = try office.register.letterSteps(of: document.key)
        guard let last = steps.last, last.waitsToGo || last.state == .sending else { return nil }
        return steps
    }

    /// A letter that is about to go.
    private struct Sending {
        let letter: IssuedDocument
        /// The letter, signed where the office signs.
        let bytes: [UInt8]
        /// As they were read, the latest last.
        let steps: [LetterStep]
        let last: LetterStep
    }

    /// A letter that is on its way goes on as it began, whatever was imported or set since. Mail is tried for a day.
    private func way(_ sending: Sending, _ file: CaseFile, _ office: OfficeSetup) -> String {
        if sending.last.state == .sending { return sending.last.note }
        let steps = sending.steps
        let isRefused = steps.contains { $0.isReturnedMail || $0.isRefusedMail }
        guard office.profile.apology.delivery == .mail, !file.email.isEmpty, !isRefused else { return "print" }
        let first = steps.first { $0.state == .sending && $0.note == "mail" }?.moment
        return first.map { MailRetry.isOver(since: $0) } ?? false ? "print" : "mail"
    }

    /// The sheet for the envelope, `CODE-phieu-xin-loi-dia-chi.pdf`; nil where the office has no address, and the desk hands
    /// the letter over.
    private func addressSheet(
        _ document: IssuedDocument, _ file: CaseFile, _ profile: OfficeProfile
    ) throws -> (name: String, bytes: [UInt8])? {
        if file.address.isEmpty { return nil }
        let sheet = AddressSheet(
            sender: [profile.agencyInText, profile.desk.address],
            recipient: profile.apology.addressee(file.applicant).name,
            address: file.address,
            phone: file.phone,
            reference: "Thư số \(document.officialNumber(profile.apology.symbol)), hồ sơ \(file.code).",
            date: DocumentDate(document.dated))
        return (String(document.fileName.dropLast(4)) + Self.sheetEnding, try sheet.render())
    }

    /// - Returns: whether it went; no = the mail server will never take it, and it is known not to have gone.
    private func mails(
        _ sending: Sending, _ file: CaseFile, _ office: OfficeSetup, _ context: JobContext
    ) async throws -> Bool {
        let document = sending.letter
        do {
            try await step(sending, "mail", office) { effect in
                let message = try mail(document, sending.bytes, file, office)
                return try await context.mail(
                    message, named: Self.mailName(key), effect: effect, carrying: document, by: office.mail
                ).receipt
            }
            return true
        } catch JobSignal.discard {
            return false
        }
    }

    /// - Parameter body: sends it under an effect's key.
    private func step(
        _ sending: Sending, _ way: String, _ office: OfficeSetup,
        _ body: (_ effect: String) async throws -> DeliveryReceipt
    ) async throws {
        let (register, document) = (office.register, sending.letter)
        guard let step = try register.note(letter: document.key, .sending, after: sending.last, by: "kip", note: way)
        else {
            throw JobSignal.retry(
                after: .seconds(1), reason: "another step of \(document.key) was noted meanwhile; it is looked at anew")
        }
        // What was under way before there were identities goes on under the key of then.
        let isOld = step.number <= register.identity.lastStepBefore
        let effect = "\(way)/\(document.key)"
        let receipt: DeliveryReceipt
        do {
            receipt = try await body(isOld ? effect : register.identity.owned(effect))
        } catch {
            if error is EffectDidNotHappen {
                _ = try register.note(
                    letter: document.key, .drafted, after: step, by: "kip", note: "\(way): \(error)")
            } else if case .discard(let reason)? = error as? JobSignal {
                _ = try register.note(
                    letter: document.key, .drafted, after: step, by: "kip",
                    note: LetterStep.noteOfRefusedMail(reason))
            }
            throw error
        }
        // Where another step stands there by now, a person or another worker has said what became of it.
        guard receipt.isAbout(number: document.number, sha256: document.sha256, isOld: isOld) else {
            _ = try register.note(
                letter: document.key, .uncertain, after: step, by: "kip",
                note: LetterStep.noteOfStrangeReceipt(number: receipt.number, digest: receipt.sha256))
            return
        }
        _ = try register.note(
            letter: document.key, .sent, after: step, by: "kip", note: noteOfSent(document, way, office))
    }

    /// Of a letter that an effect from before a restore has printed the tray may remember nothing.
    private func noteOfSent(_ document: IssuedDocument, _ way: String, _ office: OfficeSetup) -> String {
        way == "print" && office.printTray.delivery(name: document.fileName) != .done ? "print, by its receipt" : way
    }

    private func mail(
        _ document: IssuedDocument, _ bytes: [UInt8], _ file: CaseFile, _ office: OfficeSetup
    ) throws -> MailMessage {
        let profile = office.profile
        let mail = ApologyMail(
            addressee: profile.apology.addressee(file.applicant).name, code: file.code, agency: profile.agencyInText,
            desk: profile.desk.name,
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
