import Office
import OfficeMail

/// Compares the print tray and the delivery records of mail with the register: finds files under a letter's name that are not the
/// letter, sent letters for which the records have another letter or none, and numbered letters that went out and that the register
/// does not know, as after it was put back from a copy: their numbers may be given again.
public struct DeliveryAudit: Sendable {
    /// The differences, in words; empty = there are none.
    public let disagreements: [String]

    /// Looks into an office's folders.
    /// - Parameters:
    ///   - register: the office's.
    ///   - directory: holds `print`, `outbox` and `sent`.
    /// - Throws: `OfficeError.register`.
    public init(_ register: Register, directory: String) throws(OfficeError) {
        let tray = PrintTray(folder: directory + "/print")
        let mails = Mails(outbox: Outbox(folder: directory + "/outbox"), sent: directory + "/sent")
        let begins = tray.begins
        let steps = try register.letterSteps()
        let letters = try register.documents(kind: "letter")
        var words = try Self.strangers(letters, register, tray, mails)
        for entry in letters {
            let last = steps[entry.key]?.last
            let wentBy = last?.isOut == true && last?.by == "kip" ? last?.note : nil
            let content = tray.content(name: entry.fileName)
            // Most letters of a year were taken, and none of their pages is read for nothing.
            guard wentBy != nil || content != .nothing, entry.bytes > 0,
                let letter = try register.document(key: entry.key)
            else { continue }
            let place = "print/\(entry.fileName)"
            if let fault = Self.fault(of: content, letter, signed: try register.signed(entry.key)) {
                words.append("\(place): \(fault)")
            }
            if wentBy == "print" {
                let isRemembered = last?.moment.map { moment in begins.map { $0 <= moment } ?? false } ?? false
                let receipt = tray.receipt(name: entry.fileName)
                if let fault = Self.fault(of: receipt, letter) { words.append("\(place): \(fault)") }
                if content == .nothing, isRemembered, tray.delivery(name: entry.fileName) != .done {
                    words.append("\(place): the register has it sent, and it never lay in the tray")
                }
            } else if wentBy == "mail", let key = LetterKey(entry.key) {
                let name = ApologyLetter.mailName(key)
                if let fault = Self.fault(of: mails.receipt(name), letter) { words.append("mail \(name): \(fault)") }
            }
        }
        disagreements = words
    }

    /// Numbered letters of which only the delivery records know.
    private static func strangers(
        _ letters: [DocumentEntry], _ register: Register, _ tray: PrintTray, _ mails: Mails
    ) throws(OfficeError) -> [String] {
        let dunning = try register.documents(kind: "dunning")
        let files = Set((letters + dunning).map { Outbox.fileName($0.fileName) })
        let names = Set(letters.compactMap { LetterKey($0.key) }.map { Outbox.fileName(ApologyLetter.mailName($0)) })
        return stranger("print", tray.receipts, files) + stranger("mail", mails.receipts, names)
    }

    private static func stranger(
        _ place: String, _ receipts: [(name: String, receipt: DeliveryReceipt)], _ known: Set<String>
    ) -> [String] {
        receipts.compactMap { name, receipt in
            guard let number = receipt.number, !known.contains(name) else { return nil }
            return
                "\(place) \(name): a letter with number \(number) went out under that name, and the register does not know it"
        }
    }

    private struct Mails {
        let outbox: Outbox
        let sent: String

        var receipts: [(name: String, receipt: DeliveryReceipt)] { SMTPMailer.receipts(in: sent) + outbox.receipts }

        func receipt(_ name: String) -> DeliveryReceipt? {
            SMTPMailer.receipt(name: name, in: sent) ?? outbox.receipt(name: name)
        }
    }

    private static func fault(of content: DropContent, _ letter: IssuedDocument, signed: [UInt8]?) -> String? {
        switch content {
        case .nothing: return nil
        case .noFile: return "it is no plain file"
        case .file(let digest):
            var right = [letter.sha256]
            if let signed { right.append(IssuedDocument.sha256(signed)) }
            return right.contains(digest) ? nil : "it is not the letter that was issued"
        }
    }

    private static func fault(of receipt: DeliveryReceipt?, _ letter: IssuedDocument) -> String? {
        guard let receipt, !receipt.isAbout(number: letter.number, sha256: letter.sha256, isOld: true) else {
            return nil
        }
        let number = receipt.number.map { "number \($0)" } ?? "no number"
        return "a letter with \(number) went out under that name, the register has \(letter.number ?? 0)"
            + (receipt.number == letter.number ? ", and another text" : "")
    }
}
