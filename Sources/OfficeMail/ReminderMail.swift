/// The digest that a unit gets: a table, as text and as HTML.
public struct ReminderMail: Sendable {
    /// A row of the table.
    public struct Row: Sendable {
        /// The task's number or the case file's code.
        public var code: String
        /// What it is.
        public var title: String
        /// `31/03/2024`.
        public var due: String
        /// `còn 2 ngày`, `quá hạn 3 ngày`.
        public var left: String
        /// It is overdue.
        public var isOverdue: Bool

        /// A row.
        public init(code: String, title: String, due: String, left: String, isOverdue: Bool) {
            self.code = code
            self.title = title
            self.due = due
            self.left = left
            self.isOverdue = isOverdue
        }
    }

    private let recipient: String
    private let subject: String
    private let agency: String
    private let groups: [(title: String, rows: [Row])]

    /// A digest.
    /// - Parameters:
    ///   - recipient: the unit's name.
    ///   - subject: the mail's subject.
    ///   - agency: who reminds.
    ///   - tasks: rows of the plan.
    ///   - cases: rows of case files.
    public init(recipient: String, subject: String, agency: String, tasks: [Row], cases: [Row]) {
        self.recipient = recipient
        self.subject = subject
        self.agency = agency
        groups = [("Nhiệm vụ theo kế hoạch", tasks), ("Hồ sơ thủ tục hành chính", cases)].filter { !$0.rows.isEmpty }
    }

    /// The body as text.
    public var text: String {
        var lines = ["Kính gửi: \(recipient)", "", subject, ""]
        for group in groups {
            lines.append(group.title.uppercased())
            for row in group.rows {
                lines.append("  [\(row.code)] \(row.title)")
                lines.append("      Hạn: \(row.due) – \(row.left)")
            }
            lines.append("")
        }
        lines.append("Đề nghị đơn vị khẩn trương hoàn thành và cập nhật kết quả trên hệ thống.")
        lines.append("Thư này do hệ thống nhắc việc của \(agency) tự động gửi.")
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// The body as HTML.
    public var html: String {
        let tables = groups.map(Self.table).joined()
        return """
            <!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>\(Self.escaped(subject))</title></head>
            <body style="font-family:'Times New Roman',Tinos,serif;font-size:15px;color:#111;max-width:760px">
            <p>Kính gửi: <b>\(Self.escaped(recipient))</b></p><p>\(Self.escaped(subject)).</p>
            \(tables)
            <p>Đề nghị đơn vị khẩn trương hoàn thành và cập nhật kết quả trên hệ thống.</p>
            <p style="color:#555;font-size:13px">Thư này do hệ thống nhắc việc của \(Self.escaped(agency)) tự động gửi.</p>
            </body></html>
            """
    }

    private static func table(_ group: (title: String, rows: [Row])) -> String {
        let cell = "style=\"border:1px solid #999;padding:5px 8px;vertical-align:top\""
        let rows = group.rows.map { row in
            let colour = row.isOverdue ? "#b00020" : "#111"
            return "<tr><td \(cell)>\(escaped(row.code))</td><td \(cell)>\(escaped(row.title))</td>"
                + "<td \(cell)>\(escaped(row.due))</td>"
                + "<td \(cell)><b style=\"color:\(colour)\">\(escaped(row.left))</b></td></tr>\n"
        }
        let head = ["Mã", "Nội dung", "Hạn", "Tình trạng"].map { "<th \(cell)>\($0)</th>" }.joined()
        return "<h3 style=\"font-size:16px;margin:16px 0 6px\">\(escaped(group.title))</h3>"
            + "<table style=\"border-collapse:collapse;width:100%\"><tr style=\"background:#eee\">\(head)</tr>\n"
            + rows.joined() + "</table>\n"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
