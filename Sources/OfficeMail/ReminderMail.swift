/// The digest that a recipient gets: sections of what is overdue, due and coming, as text and as HTML that plain mail
/// clients show, with tables and styles inside the tags.
public struct ReminderMail: Sendable {
    /// A row of a table.
    public struct Row: Sendable {
        /// The task's number or the case file's code.
        public var code: String
        /// What it is.
        public var title: String
        /// What is to be said about it besides; nil = nothing.
        public var note: String?

        /// A row.
        public init(code: String, title: String, note: String? = nil) {
            self.code = code
            self.title = title
            self.note = note
        }
    }

    /// Rows of one day: sixty tasks that end with the year stand under one line that says so.
    public struct Day: Sendable {
        /// `Hạn 31/12/2024 – còn 30 ngày`; empty = the rows have no day.
        public var heading: String
        /// Its rows.
        public var rows: [Row]

        /// A day.
        public init(heading: String, rows: [Row]) {
            self.heading = heading
            self.rows = rows
        }
    }

    /// A part of the digest.
    public struct Section: Sendable {
        /// Its heading: `Quá hạn`.
        public var title: String
        /// How many things it tells of.
        public var count: Int
        /// It is urgent, and marked so.
        public var isUrgent: Bool
        /// Its days.
        public var days: [Day]

        /// A part.
        public init(title: String, count: Int, isUrgent: Bool, days: [Day]) {
            self.title = title
            self.count = count
            self.isUrgent = isUrgent
            self.days = days
        }

        /// Things that it counts and does not show.
        var leftOut: Int { count - days.reduce(0) { $0 + $1.rows.count } }
        var heading: String { "\(title) (\(count))" }
    }

    private let recipient: String
    private let subject: String
    private let agency: String
    private let request: String
    private let sections: [Section]

    /// A digest.
    /// - Parameters:
    ///   - recipient: whom it addresses.
    ///   - subject: the mail's subject.
    ///   - agency: who reminds.
    ///   - request: what is asked for, a sentence.
    ///   - sections: its parts, the most urgent first.
    public init(recipient: String, subject: String, agency: String, request: String, sections: [Section]) {
        self.recipient = recipient
        self.subject = subject
        self.agency = agency
        self.request = request
        self.sections = sections
    }

    private var closing: String { "Thư này do hệ thống nhắc việc của \(agency) tự động gửi." }

    private static func more(_ count: Int) -> String { "… và \(count) việc khác." }

    /// The body as text.
    public var text: String {
        var lines = ["Kính gửi: \(recipient)", "", subject + ".", ""]
        for section in sections {
            lines.append(section.heading.uppercased())
            for day in section.days {
                if !day.heading.isEmpty { lines.append("  \(day.heading)") }
                for row in day.rows {
                    lines.append("    [\(row.code)] \(row.title)")
                    if let note = row.note { lines.append("        \(note)") }
                }
            }
            if section.leftOut > 0 { lines.append("    \(Self.more(section.leftOut))") }
            lines.append("")
        }
        lines += [request, closing]
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// The body as HTML.
    public var html: String {
        """
        <!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>\(HTMLText.escaped(subject))</title></head>
        <body style="font-family:'Times New Roman',Tinos,serif;font-size:15px;color:#111;max-width:760px">
        <p>Kính gửi: <b>\(HTMLText.escaped(recipient))</b></p><p>\(HTMLText.escaped(subject)).</p>
        \(sections.map(Self.table).joined())\
        <p>\(HTMLText.escaped(request))</p>
        <p style="color:#555;font-size:13px">\(HTMLText.escaped(closing))</p>
        </body></html>
        """
    }

    private static let cell = "style=\"border:1px solid #999;padding:4px 8px;vertical-align:top;text-align:left\""

    private static func table(_ section: Section) -> String {
        let colour = section.isUrgent ? "#b00020" : "#111"
        let days = section.days.map { day in
            let heading =
                day.heading.isEmpty
                ? ""
                : "<tr style=\"background:#eee\"><th colspan=\"2\" \(cell)><span style=\"color:\(colour)\">"
                    + "\(HTMLText.escaped(day.heading))</span></th></tr>\n"
            return heading + day.rows.map(row).joined()
        }
        let more = section.leftOut > 0 ? "<p>\(more(section.leftOut))</p>\n" : ""
        return
            "<h3 style=\"font-size:16px;margin:16px 0 6px;color:\(colour)\">\(HTMLText.escaped(section.heading))</h3>\n"
            + "<table style=\"border-collapse:collapse;width:100%\">\n\(days.joined())</table>\n\(more)"
    }

    private static func row(_ row: Row) -> String {
        let note = row.note.map { "<br><span style=\"color:#555;font-size:13px\">\(HTMLText.escaped($0))</span>" } ?? ""
        return
            "<tr><td width=\"90\" \(cell)>\(HTMLText.escaped(row.code))</td><td \(cell)>\(HTMLText.escaped(row.title))\(note)</td></tr>\n"
    }
}
