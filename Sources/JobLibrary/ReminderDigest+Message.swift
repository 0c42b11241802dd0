import Office
import OfficeMail

extension ReminderDigest {
    /// The mail message that tells it, with its dates as a calendar file.
    /// - Parameter key: two messages of one key are one message.
    func message(to recipient: Recipient, _ address: String, _ profile: OfficeProfile, key: String) -> MailMessage {
        let mail = ReminderMail(
            recipient: recipient.name, subject: subject, agency: profile.agencyInText,
            request: recipient.standing == .supervises
                ? "Kính gửi để theo dõi, giám sát."
                : recipient.id == profile.reminders.chairman
                    ? "Kính báo cáo để chỉ đạo." : "Đề nghị khẩn trương hoàn thành và cập nhật kết quả trên hệ thống.",
            sections: sections.map(\.shown))
        let events = events(sender: profile.reminders.sender)
        let calendar = CalendarFile(
            events: events, organizer: profile.reminders.sender, stamp: "\(date.basic)T003000Z")
        return MailMessage(
            from: profile.reminders.sender, to: [address], subject: subject, text: mail.text, html: mail.html,
            attachments: events.isEmpty
                ? [] : [.calendar(name: "nhac-viec-\(date).ics", bytes: calendar.bytes)],
            // 7:30 in Viet Nam, which is UTC+7 all year.
            date: Double(date.number) * 86_400 + 1_800, key: key)
    }

    /// One event for each last day that is still to come. It keeps its identity from digest to digest, and each digest's
    /// word takes the place of the one before.
    private func events(sender: String) -> [CalendarFile.Event] {
        let coming = sections.filter { [.today, .soon, .starting, .coordination].contains($0.kind) }
        let items = coming.flatMap { section in
            section.items.map { (item: $0, isOurs: section.kind != .coordination) }
        }
        let byDay = Dictionary(grouping: items.filter { $0.item.due.map { $0 >= date } ?? false }) {
            $0.item.due ?? date
        }
        let domain = sender.split(separator: "@").last.map(String.init) ?? "localhost"
        return byDay.sorted { $0.key < $1.key }.map { due, items in
            let day = items.lazy.compactMap(\.item.lastWorkingDay).first ?? due
            let lines = items.map { "\($0.item.code) \($0.item.title)\($0.isOurs ? "" : " (phối hợp)")" }
            return CalendarFile.Event(
                identity: "han-\(due)-\(recipient)@\(domain)", day: day.basic, dayAfter: day.adding(days: 1).basic,
                summary: items.count == 1
                    ? "Hạn \(due.vietnamese): \(lines[0])" : "Hạn \(due.vietnamese): \(items.count) việc",
                details: lines.joined(separator: "\n"), sequence: date.number)
        }
    }
}

extension ReminderDigest.Section {
    /// As the mail shows it: rows of one day together.
    fileprivate var shown: ReminderMail.Section {
        var days: [ReminderMail.Day] = []
        for item in items {
            let row = ReminderMail.Row(code: item.code, title: item.title, note: item.note)
            let heading = kind == .undated ? "" : item.heading
            if days.last?.heading == heading {
                days[days.count - 1].rows.append(row)
            } else {
                days.append(ReminderMail.Day(heading: heading, rows: [row]))
            }
        }
        return ReminderMail.Section(title: kind.title, count: count, isUrgent: kind == .overdue, days: days)
    }
}

extension ReminderDigest.Item {
    /// “Hạn 31/3/2024, ngày làm việc cuối cùng 29/3/2024 – còn 9 ngày”; of a file that has its result, how late that was.
    fileprivate var heading: String {
        guard let due, let daysLeft else { return "" }
        let day = "\(isTask ? "Hạn" : "Ngày hẹn trả") \(due.vietnamese)"
        if let resolvedOn {
            return "\(day) – có kết quả ngày \(resolvedOn.vietnamese), "
                + (daysLeft < 0 ? "trễ \(-daysLeft) ngày" : "không trễ")
        }
        if daysLeft < 0 { return "\(day) – quá hạn \(-daysLeft) ngày" }
        if daysLeft == 0 { return "\(day) – đến hạn hôm nay" }
        guard let lastWorkingDay else { return "\(day) – còn \(daysLeft) ngày" }
        // The deadline is on a day off, and today is the last working day before it.
        if lastWorkingDay == due.adding(days: -daysLeft) { return "\(day) – hôm nay là ngày làm việc cuối cùng" }
        return "\(day), ngày làm việc cuối cùng \(lastWorkingDay.vietnamese) – còn \(daysLeft) ngày"
    }
}

extension LocalDate {
    /// `20240329`, as calendar files write it.
    fileprivate var basic: String { description.filter { $0 != "-" } }
}
