import KipCore
import KipWorker
import Office
import OfficeDocuments
import OfficeMail

/// Puts a case file that was late twice before the leader: a page with its facts, into the print tray once. Who is late
/// twice is not given a third date; somebody must take it in hand.
public struct LeaderDossier: Job {
    /// `leader-dossier`.
    public static let kind = "leader-dossier"
    /// Tried five times.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(60))
    /// The case file's code.
    public var caseCode: String
    /// The day that it bears.
    public var asOf: LocalDate

    /// A dossier of a case file.
    public init(caseCode: String, asOf: LocalDate) {
        self.caseCode = caseCode
        self.asOf = asOf
    }

    /// One dossier for a case file.
    static func key(_ code: String) -> String { "dossier/\(code)" }

    /// The keys of its prints begin so.
    static let effects = "print/dossier/"

    private static func fileName(_ code: String) -> String {
        CaseCode.fileName(code) + "-phieu-trinh.pdf"
    }

    /// Looks into the print tray for the dossier of a key, `print/dossier/CODE@REGISTER`.
    static func look(_ key: String) async throws -> Reconciliation {
        let office = try OfficeSetup.current()
        guard let own = office.ownKey(of: key) else { return .unknown }
        return try office.lookForPaper(fileName(String(own.dropFirst(effects.count))))
    }

    /// What became of it.
    struct Report: Codable {
        var isNew: Bool
        var note: String?
    }

    /// Writes and prints it, each once.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        return try await office.ending(Self.key(caseCode), context, Self.options) {
            try await lay(office, context)
        }
    }

    private func lay(_ office: OfficeSetup, _ context: JobContext) async throws -> Outcome {
        guard let file = try office.register.caseFile(caseCode) else {
            return .discard(reason: "there is no case file \(caseCode) in the register; import it and retry the job")
        }
        let first = try office.register.document(key: LetterKey(code: caseCode, promise: 1).description)
        guard file.isLateTwice(firstLetter: first?.dated, asOf: asOf), file.resolvedOn.map({ $0 > asOf }) ?? true else {
            return try .done(Report(isNew: false, note: "it is resolved, or was not late twice"))
        }
        let (document, isNew) = try office.register.issue(key: Self.key(caseCode), book: nil, year: asOf.year) { _ in
            IssuedDocument(
                key: Self.key(caseCode), kind: "dossier", subject: "Trễ hẹn lần hai, hồ sơ \(caseCode)", dated: asOf,
                fileName: Self.fileName(caseCode), bytes: try PDFRenderer.render(page(file, office, first), pages: 1))
        }
        try await office.print(document, context)
        return try .done(Report(isNew: isNew))
    }

    private func page(_ file: CaseFile, _ office: OfficeSetup, _ first: IssuedDocument?) -> OfficialDocument {
        let profile = office.profile
        let unit = profile.unitName(file.unit)
        let late = office.calendar.workingDays(from: file.newPromise ?? file.promisedOn, to: asOf)
        let letter = first.map {
            "số \($0.officialNumber(profile.apology.symbol)) ngày \($0.dated.form)"
        }
        let rows: [(String, String)] = [
            ("Mã hồ sơ", file.code), ("Thủ tục", file.procedure), ("Lĩnh vực", profile.fieldName(file.field)),
            ("Đơn vị giải quyết", unit), ("Ngày tiếp nhận", file.receivedOn.form),
            ("Ngày hẹn trả", file.dueOn(asOf: asOf).form), ("Thư xin lỗi lần đầu", letter ?? "chưa có"),
            ("Ngày đã hẹn lại", file.newPromise?.form ?? ""), ("Số ngày làm việc quá ngày hẹn lại", "\(late)"),
            ("Lý do chậm trễ", file.delayReason.isEmpty ? "chưa có" : file.delayReason),
        ]
        return OfficialDocument(
            superiorAgency: profile.superiorAgency, agency: profile.agency, number: nil, symbol: "PTr",
            place: profile.place, date: DocumentDate(asOf), type: "PHIẾU TRÌNH",
            subject: "Về hồ sơ trễ hẹn lần thứ hai", addressees: ["Lãnh đạo \(profile.agencyInText)"],
            body: [
                .paragraph([
                    Run(
                        "Hồ sơ dưới đây đã được xin lỗi và hẹn lại một lần, đến nay vẫn chưa có kết quả. Theo quy định, việc "
                            + "hẹn lại ngày trả kết quả không quá một lần; kính trình lãnh đạo chỉ đạo giải quyết.")
                ]),
                .table(
                    Block.Table(
                        widths: [2, 4], head: ["Nội dung", "Thông tin"], rows: rows.map { [$0.0, $0.1] },
                        leftColumns: [0, 1])),
                .paragraph([Run("Ý kiến chỉ đạo: " + String(repeating: "…", count: 22))]),
                .paragraph([
                    Run(
                        "Thư xin lỗi lần thứ hai (không hẹn lại ngày) chỉ được phát hành sau khi lãnh đạo cho phép.")
                ]),
            ], signerAuthority: ["NGƯỜI TRÌNH"], signerName: "", recipients: ["Như trên;", "\(unit);", "Lưu: VT."])
    }
}
