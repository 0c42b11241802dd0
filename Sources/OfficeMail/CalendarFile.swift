/// The dates of a message as a calendar file (iCalendar, RFC 5545): whole days, in no time zone. The same events give the
/// same bytes; an event that comes again with the same identity and a higher sequence takes the place of the one before.
public struct CalendarFile: Sendable {
    /// A day on which something falls due.
    public struct Event: Sendable {
        /// The same for the same thing in every message (section 3.8.4.7): `han-2024-03-29-noi-vu@quan1.example`.
        public var identity: String
        /// The day: `20240329`.
        public var day: String
        /// The day after it, on which the event has ended (section 3.6.1).
        public var dayAfter: String
        /// What a calendar shows.
        public var summary: String
        /// What it shows when it is opened.
        public var details: String
        /// Higher for what was said later (section 3.8.7.4).
        public var sequence: Int

        /// An event.
        public init(
            identity: String, day: String, dayAfter: String, summary: String, details: String, sequence: Int
        ) {
            self.identity = identity
            self.day = day
            self.dayAfter = dayAfter
            self.summary = summary
            self.details = details
            self.sequence = sequence
        }
    }

    /// The events, in the order in which they stand.
    public var events: [Event]
    /// The address of who says it; RFC 5546, section 3.2.1, asks for it.
    public var organizer: String
    /// When this was said, in UTC: `20240329T003000Z`.
    public var stamp: String

    /// A calendar file.
    public init(events: [Event], organizer: String, stamp: String) {
        self.events = events
        self.organizer = organizer
        self.stamp = stamp
    }

    /// The file, as `text/calendar; charset=utf-8; method=PUBLISH`.
    public var bytes: [UInt8] {
        var lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kip//Nhac viec//VI", "METHOD:PUBLISH"]
        for event in events {
            lines += [
                "BEGIN:VEVENT", "UID:\(Self.escaped(event.identity))", "DTSTAMP:\(stamp)",
                "ORGANIZER:mailto:\(Self.escaped(organizer))",
                "DTSTART;VALUE=DATE:\(event.day)", "DTEND;VALUE=DATE:\(event.dayAfter)",
                "SEQUENCE:\(event.sequence)", "SUMMARY;LANGUAGE=vi:\(Self.escaped(event.summary))",
                "DESCRIPTION;LANGUAGE=vi:\(Self.escaped(event.details))",
                // A deadline takes nobody's time away.
                "TRANSP:TRANSPARENT", "END:VEVENT",
            ]
        }
        lines.append("END:VCALENDAR")
        return lines.flatMap { Self.folded($0) + [0x0D, 0x0A] }
    }

    /// TEXT of section 3.3.11. Control characters have no place in it.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.replacingLineEnds.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case ";": result += "\\;"
            case ",": result += "\\,"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Lines of 75 octets at the most (section 3.1), the rest on lines that begin with a space; no letter is cut.
    private static func folded(_ line: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var length = 0
        for scalar in line.unicodeScalars {
            let letter = Array(String(scalar).utf8)
            if length + letter.count > 75 {
                bytes += [0x0D, 0x0A, 0x20]
                length = 1
            }
            bytes += letter
            length += letter.count
        }
        return bytes
    }
}

extension String {
    /// CR and CRLF as LF.
    fileprivate var replacingLineEnds: String {
        var result = ""
        var isAfterReturn = false
        for scalar in unicodeScalars {
            if scalar == "\r" || scalar == "\n" && !isAfterReturn { result += "\n" }
            if scalar != "\r" && scalar != "\n" { result.unicodeScalars.append(scalar) }
            isAfterReturn = scalar == "\r"
        }
        return result
    }
}
