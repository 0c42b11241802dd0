/// What stands around a body: the head, the title and the addressees, the end.
struct WordFrame {
    private let document: OfficialDocument
    private let setter: TextSetter
    private let measures: Measures
    private var width: Double { Paper.portrait.textWidth }

    init(_ document: OfficialDocument, _ setter: TextSetter, _ measures: Measures) {
        self.document = document
        self.setter = setter
        self.measures = measures
    }

    // MARK: Head

    /// Two columns: agency and Quốc hiệu above, number and date beneath.
    var head: String {
        let left = width * Measures.headLeft
        return WordXML.columns([left, width - left], [[agencies(left), nation(width - left)], [number, date]])
    }

    private func agencies(_ column: Double) -> String {
        var content = ""
        var last = ""
        let names = [(document.superiorAgency, WordStyle.superiorAgency), (document.agency, WordStyle.agency)]
        for (name, style) in names where !name.isEmpty {
            let set = TextStyle(size: Measures.agency, bold: style.bold)
            let lines = AgencyLines.lines(name, limit: column) { setter.width($0, set) }
            content += WordXML.paragraph(style, lines.joined(separator: "\n"))
            last = lines.last ?? ""
        }
        let text = setter.width(last, TextStyle(size: Measures.agency, bold: true))
        return content
            + WordXML.rule(
                min(text, column) * Measures.agencyRule, column: column, after: Measures.afterRule - 1)
    }

    private func nation(_ column: Double) -> String {
        let motto = setter.width(Measures.mottoText, TextStyle(size: Measures.motto, bold: true))
        return WordXML.paragraph(.nation, Measures.nationText) + WordXML.paragraph(.motto, Measures.mottoText)
            + WordXML.rule(motto, column: column, after: Measures.afterRule - 1)
    }

    private var number: String {
        let subject = document.type == .officialLetter && !document.subject.isEmpty
        return WordXML.paragraph(.number, document.numberLine)
            + (subject
                ? WordXML.paragraph(
                    .letterSubject,
                    TitleWords.bound(
                        document.subjectLine, TextStyle(size: Measures.letterSubject),
                        within: width * Measures.headLeft, setter)) : "")
    }

    private var date: String { WordXML.paragraph(.date, document.dateLine) }

    // MARK: Title

    var title: String {
        var content = ""
        if case .named(let name) = document.type {
            content += WordXML.paragraph(.type, bound(name, TextStyle(size: Measures.type, bold: true)))
            content += document.subject.isEmpty ? "" : subject
        }
        return content + addressees
    }

    private func bound(_ text: String, _ style: TextStyle) -> String {
        TitleWords.bound(text, style, within: width, setter)
    }

    private var subject: String {
        let style = TextStyle(size: Measures.subject, bold: true)
        let subject = bound(document.subject, style)
        let even = setter.evenWidth(subject, style, within: width)
        let side = WordXML.twips((width - even) / 2)
        let last = setter.set(subject, style, width: even).lines.last?.width ?? 0
        return WordXML.paragraph(.subject, subject, #"<w:ind w:left="\#(side)" w:right="\#(side)"/>"#)
            + WordXML.rule(last * Measures.subjectRule, column: width, after: Measures.titleGap - 1)
    }

    private var addressees: String {
        let isLetter = document.type == .officialLetter
        let before = isLetter || document.subject.isEmpty ? WordXML.twips(Measures.titleGap) : 0
        func spacing(_ index: Int, of count: Int) -> String {
            let after = index == count - 1 ? WordXML.twips(Measures.titleGap) : 0
            return #"<w:spacing w:before="\#(index == 0 ? before : 0)" w:after="\#(after)"/>"#
        }
        switch Addressees(document.addressees) {
        case .none:
            return ""
        case .one(let lines):
            return lines.enumerated().map { index, line in
                WordXML.paragraph(
                    .addressee, line, spacing(index, of: lines.count) + #"<w:jc w:val="center"/>"#)
            }.joined()
        case .several(let lines):
            let style = TextStyle(size: measures.body)
            let place = Addressees.dashes(lines, within: width) { setter.width($0, style) }
            let hanging = WordXML.twips(setter.width("- ", style))
            let left = WordXML.twips(place.dash) + hanging
            return WordXML.paragraph(
                .addressee, Addressees.salutation,
                spacing(0, of: 2) + #"<w:ind w:left="\#(WordXML.twips(place.salutation))"/>"#)
                + lines.enumerated().map { index, line in
                    WordXML.paragraph(
                        .addressee, line,
                        spacing(index + 1, of: lines.count + 1)
                            + #"<w:ind w:left="\#(left)" w:hanging="\#(hanging)"/>"#)
                }.joined()
        }
    }

    // MARK: End

    var end: String {
        let left = width * Measures.recipientsShare
        var recipients = document.recipients.isEmpty ? "" : WordXML.paragraph(.recipientsHead, "Nơi nhận:")
        for line in document.recipients { recipients += WordXML.paragraph(.recipients, "- \(line)") }
        if recipients.isEmpty { recipients = WordXML.paragraph(.recipients, "") }
        var signer = ""
        for (index, line) in document.signerAuthority.enumerated() {
            let gap = #"<w:spacing w:before="\#(WordXML.twips(Measures.endGap))"/>"#
            signer += WordXML.paragraph(.authority, line, index == 0 ? gap : "")
        }
        signer += WordXML.paragraph(.signer, document.signerName)
        return WordXML.columns([left, width - left], [[recipients, signer]])
    }
}
