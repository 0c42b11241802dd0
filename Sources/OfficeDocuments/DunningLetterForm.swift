/// A dunning letter (công văn đôn đốc): an official letter to a unit that lists its tasks of the plan that are overdue,
/// asks for them by a new day, and says whom to answer (Decree 30/2020/NĐ-CP, appendix III, form 1.5).
public struct DunningLetterForm: Sendable {
    /// A task that is overdue.
    public struct Task: Sendable {
        /// Its number in the plan.
        public var code: String
        /// What was to be done.
        public var title: String
        /// `31/03/2024`.
        public var due: String
        /// Working days since then.
        public var overdue: String

        /// A task.
        public init(code: String, title: String, due: String, overdue: String) {
            self.code = code
            self.title = title
            self.due = due
            self.overdue = overdue
        }
    }

    /// A plan whose tasks are overdue.
    public struct Plan: Sendable, Equatable {
        /// Its number and symbol: `04/KH-UBND`.
        public var number: String
        /// The day that it bears; nil = it is not known.
        public var date: DocumentDate?
        /// Who issued it, within a sentence; empty = it is not known.
        public var agency: String

        /// A plan.
        public init(number: String, date: DocumentDate?, agency: String) {
            self.number = number
            self.date = date
            self.agency = agency
        }
    }

    /// The agency above, in capitals.
    public var superiorAgency: String
    /// The agency, in capitals.
    public var agency: String
    /// The agency within a sentence.
    public var agencyInText: String
    /// What follows the number.
    public var symbol: String
    /// Where it is dated.
    public var place: String
    /// The day that it bears.
    public var date: DocumentDate
    /// The unit that is asked.
    public var unit: String
    /// The plans whose tasks are overdue.
    public var plans: [Plan]
    /// The tasks, the longest overdue first.
    public var tasks: [Task]
    /// The day by which they are to be done now.
    public var newDeadline: DocumentDate
    /// Whom to answer, within a sentence. A unit that is to answer to itself answers to the agency's leaders instead.
    public var contact: String
    /// The unit that is asked is the one that gathers the answers.
    public var isContact: Bool
    /// The signer's authority, one line each.
    public var signerAuthority: [String]
    /// The signer's name; empty = a place for the signature.
    public var signerName: String
    /// The lines beneath “Nơi nhận:”.
    public var recipients: [String]

    /// A form of these facts.
    public init(
        superiorAgency: String, agency: String, agencyInText: String, symbol: String, place: String,
        date: DocumentDate, unit: String, plans: [Plan], tasks: [Task], newDeadline: DocumentDate, contact: String,
        isContact: Bool = false,
        signerAuthority: [String], signerName: String, recipients: [String]
    ) {
        self.superiorAgency = superiorAgency
        self.agency = agency
        self.agencyInText = agencyInText
        self.symbol = symbol
        self.place = place
        self.date = date
        self.unit = unit
        self.plans = plans
        self.tasks = tasks
        self.newDeadline = newDeadline
        self.contact = contact
        self.isContact = isContact
        self.signerAuthority = signerAuthority
        self.signerName = signerName
        self.recipients = recipients
    }

    /// The plans by number alone, for the subject.
    private var plan: String { plans.map { "Kế hoạch số \($0.number)" }.joined(separator: ", ") }

    /// The plans as a text cites them for the first time: number, day, and who issued them (Decree 30/2020/NĐ-CP, appendix I,
    /// II.5.b: the type, number and symbol, day and agency of a document that is cited).
    private var cited: String {
        let texts = plans.map { plan in
            "Kế hoạch số \(plan.number)" + (plan.date.map { " \($0.text)" } ?? "")
        }
        let agencies = plans.map { $0.agency.isEmpty ? agencyInText : $0.agency }
        // One that issued all of them is named once.
        if Set(agencies).count == 1 { return "\(texts.joined(separator: ", ")) của \(agencies[0])" }
        return zip(texts, agencies).map { "\($0) của \($1)" }.joined(separator: ", ")
    }

    /// The letter.
    public func document(number: Int?) -> OfficialDocument {
        OfficialDocument(
            superiorAgency: superiorAgency, agency: agency, number: number, symbol: symbol, place: place, date: date,
            type: .officialLetter, subject: "V/v đôn đốc thực hiện nhiệm vụ theo \(plan)", addressees: [.init(unit)],
            body: [.paragraph([Run(finding)]), .table(table), .paragraph(request), .paragraph([Run(report)])],
            signerAuthority: signerAuthority, signerName: signerName, recipients: recipients)
    }

    private var finding: String {
        let count = tasks.count < 10 ? "0\(tasks.count)" : "\(tasks.count)"
        return
            "Thực hiện \(cited), qua theo dõi, đến \(date.text), \(unit) còn \(count) nhiệm vụ do "
            + "đơn vị chủ trì đã quá thời hạn hoàn thành nhưng chưa có báo cáo kết quả, cụ thể như sau:"
    }

    private var table: Block.Table {
        Block.Table(
            widths: [8, 12, 50, 16, 14], head: ["STT", "Mã số", "Nhiệm vụ", "Thời hạn", "Số ngày làm việc quá hạn"],
            rows: tasks.enumerated().map { ["\($0 + 1)", $1.code, $1.title, $1.due, $1.overdue] }, leftColumns: [2])
    }

    private var request: [Run] {
        [
            Run(
                "\(agencyInText) đề nghị \(unit) tập trung chỉ đạo, khẩn trương hoàn thành các nhiệm vụ nêu trên và báo "
                    + "cáo kết quả bằng văn bản chậm nhất vào "),
            Run(newDeadline.text, bold: true),
            Run(
                "; trường hợp chưa hoàn thành, nêu rõ nguyên nhân, khó khăn, vướng mắc và đề xuất thời hạn hoàn thành cụ "
                    + "thể."),
        ]
    }

    private var report: String {
        isContact
            ? "Báo cáo gửi trực tiếp lãnh đạo \(agencyInText)./."
            : "Báo cáo gửi về \(contact) để tổng hợp, trình lãnh đạo \(agencyInText)./."
    }
}
