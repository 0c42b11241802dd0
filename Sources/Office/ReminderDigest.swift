/// What one recipient is reminded of on one day. It names no citizen.
public struct ReminderDigest: Sendable, Codable, Equatable {
    /// One thing that is told.
    public struct Item: Sendable, Codable, Equatable {
        /// The task's number or the case file's code.
        public var code: String
        /// What it is.
        public var title: String
        /// The last day; nil = it has none.
        public var due: LocalDate?
        /// The last day that is worked until then, where it is another.
        public var lastWorkingDay: LocalDate?
        /// Days left until `due`; negative = overdue. Where the result is there, they are counted to it.
        public var daysLeft: Int?
        /// When the case file's result was there; nil = it is not.
        public var resolvedOn: LocalDate?
        /// It comes from the plan; otherwise it is a case file.
        public var isTask: Bool
        /// Who has not done it yet, what a letter lacks, what it waits for; nil = nothing to say.
        public var note: String?

        /// An item.
        public init(
            code: String, title: String, due: LocalDate? = nil, lastWorkingDay: LocalDate? = nil,
            daysLeft: Int? = nil, resolvedOn: LocalDate? = nil, isTask: Bool, note: String? = nil
        ) {
            self.code = code
            self.title = title
            self.due = due
            self.lastWorkingDay = lastWorkingDay
            self.daysLeft = daysLeft
            self.resolvedOn = resolvedOn
            self.isTask = isTask
            self.note = note
        }
    }

    /// Items of one kind, the most urgent first.
    public struct Section: Sendable, Codable, Equatable {
        /// The kinds, in the order in which they stand.
        public enum Kind: String, Sendable, Codable, CaseIterable {
            /// Its day has passed.
            case overdue
            /// This is its last working day.
            case today
            /// Its day is near.
            case soon
            /// Its time begins.
            case starting
            /// Others lead it, and its day is near.
            case coordination
            /// A notice of an earlier day that did not go told of it.
            case carried
            /// A letter that waits for data.
            case needsData
            /// A task whose lead is not known.
            case unowned
            /// A case file whose unit is none of the office's.
            case unknownUnit
            /// A mail of the office that did not arrive.
            case bounced
            /// A mail server's report that a person must open.
            case unreadReport
            /// A letter of which nobody knows whether it went.
            case uncertainLetter
            /// Told apart each month: what has no day, or a doubtful one.
            case undated

            /// The heading.
            public var title: String {
                switch self {
                case .overdue: "Quá hạn"
                case .today: "Đến hạn hôm nay"
                case .soon: "Sắp đến hạn"
                case .starting: "Bắt đầu thực hiện"
                case .coordination: "Phối hợp thực hiện"
                case .carried: "Việc của thư nhắc những ngày trước chưa gửi được"
                case .needsData: "Hồ sơ cần bổ sung thông tin để phát hành thư xin lỗi"
                case .unowned: "Chưa xác định đơn vị chủ trì"
                case .unknownUnit: "Hồ sơ của đơn vị chưa có trong danh mục"
                case .bounced: "Thư điện tử không đến nơi"
                case .unreadReport: "Thông báo của máy chủ thư cần người đọc"
                case .uncertainLetter: "Thư xin lỗi chưa rõ đã gửi hay chưa"
                case .undated: "Việc thường xuyên, khi phát sinh"
                }
            }

            /// What a subject counts.
            func counted(_ count: Int) -> String {
                switch self {
                case .overdue: "\(count) việc quá hạn"
                case .today: "\(count) việc đến hạn hôm nay"
                case .soon: "\(count) việc sắp đến hạn"
                case .starting: "\(count) việc bắt đầu thực hiện"
                case .coordination: "\(count) việc phối hợp"
                case .carried: "\(count) việc của những ngày trước"
                case .needsData: "\(count) hồ sơ cần bổ sung thông tin"
                case .unowned: "\(count) việc chưa rõ đơn vị chủ trì"
                case .unknownUnit: "\(count) hồ sơ chưa rõ đơn vị giải quyết"
                case .bounced: "\(count) thư điện tử không đến nơi"
                case .unreadReport: "\(count) thông báo của máy chủ thư cần người đọc"
                case .uncertainLetter: "\(count) thư xin lỗi chưa rõ đã gửi hay chưa"
                case .undated: "\(count) việc thường xuyên, khi phát sinh"
                }
            }
        }

        /// What they have in common.
        public var kind: Kind
        /// The first of them, at the most `ReminderDigest.mostItems`.
        public var items: [Item]
        /// How many there are.
        public var count: Int
    }

    /// Items of a section that a mail shows; the rest is counted.
    public static let mostItems = 200

    /// Whom it is for: a unit's or a body's id, or `noi-vu.head`.
    public var recipient: String
    /// The day.
    public var date: LocalDate
    /// What it is about; none is empty.
    public var sections: [Section]

    /// A digest.
    public init(recipient: String, date: LocalDate, sections: [Section]) {
        self.recipient = recipient
        self.date = date
        self.sections = sections
    }

    /// What it shows, in the order of its sections.
    public var items: [Item] { sections.flatMap(\.items) }

    /// “Nhắc việc 29/3/2024: 3 việc sắp đến hạn, 1 việc quá hạn”.
    public var subject: String {
        let first: [Section.Kind] = [.soon, .today, .overdue]
        let order = first + Section.Kind.allCases.filter { !first.contains($0) }
        let parts = order.compactMap { kind in
            sections.first { $0.kind == kind }.map { kind.counted($0.count) }
        }
        return "Nhắc việc \(date.vietnamese): " + parts.joined(separator: ", ")
    }
}

extension ReminderDigest {
    private enum Key: String, CodingKey {
        case recipient, date, sections, items
    }

    /// Reads a digest, also one of a notice that waits since before there were sections.
    public init(from decoder: any Decoder) throws {
        let map = try decoder.container(keyedBy: Key.self)
        let recipient = try map.decode(String.self, forKey: .recipient)
        let date = try map.decode(LocalDate.self, forKey: .date)
        if let sections = try map.decodeIfPresent([Section].self, forKey: .sections) {
            self.init(recipient: recipient, date: date, sections: sections)
            return
        }
        let items = try map.decode([Item].self, forKey: .items)
        let kinds: [(Section.Kind, [Item])] = [
            (.overdue, items.filter { ($0.daysLeft ?? 0) < 0 }), (.today, items.filter { $0.daysLeft == 0 }),
            (.soon, items.filter { ($0.daysLeft ?? 0) > 0 }),
        ]
        self.init(
            recipient: recipient, date: date,
            sections: kinds.filter { !$0.1.isEmpty }.map { Section(kind: $0.0, items: $0.1, count: $0.1.count) })
    }

    /// Writes its sections.
    public func encode(to encoder: any Encoder) throws {
        var map = encoder.container(keyedBy: Key.self)
        try map.encode(recipient, forKey: .recipient)
        try map.encode(date, forKey: .date)
        try map.encode(sections, forKey: .sections)
    }
}
