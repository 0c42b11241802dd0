/// What a number format makes of a number (ECMA-376 part 1, 18.8.30 and 18.8.31), as far as it changes what was typed.
enum NumberFormat: Equatable {
    /// It stays a number.
    case number
    /// A day, a time of day, or both.
    case date
    /// A duration in hours, as `[h]:mm` has it.
    case hours
    /// A code with leading zeros, as `0000000000` shows telephone numbers: what stands before it, and its least digits.
    case code(prefix: String, digits: Int)

    /// The formats that every workbook has without saying so.
    init(builtIn identifier: Int) {
        switch identifier {
        // 27 to 36 and 50 to 58 are dates wherever they mean something (East Asia).
        case 14...22, 27...36, 45, 47, 50...58: self = .date
        case 46: self = .hours
        default: self = .number
        }
    }

    /// A format's code. What it does with positive numbers is its first section.
    init(code: String) {
        let section = Self.firstSection(code)
        if section.elapsedHours {
            self = .hours
        } else if section.letters.contains(where: { "dmyhs".contains($0) }) {
            self = .date
        } else if section.letters.allSatisfy({ $0 == "0" || $0 == "#" }),
            section.literal.allSatisfy({ $0.isASCII && $0.isNumber })
        {
            let digits = section.letters.count { $0 == "0" }
            let changes = digits > 1 || !section.literal.isEmpty && !section.letters.isEmpty
            self = changes ? .code(prefix: section.literal, digits: digits) : .number
        } else {
            self = .number
        }
    }

    private struct Section {
        /// What is neither quoted, escaped nor in brackets, in lower case.
        var letters = ""
        /// What is shown as it is.
        var literal = ""
        var elapsedHours = false
    }

    private static func firstSection(_ code: String) -> Section {
        var section = Section()
        var rest = Substring(code)
        while let letter = rest.popFirst(), letter != ";" {
            switch letter {
            case "\"":
                section.literal += rest.prefix { $0 != "\"" }
                rest = rest.drop { $0 != "\"" }.dropFirst()
            case "[":
                let inside = rest.prefix { $0 != "]" }.lowercased()
                rest = rest.drop { $0 != "]" }.dropFirst()
                // [h], [mm] and [ss] count beyond a day; others are colours, conditions and languages.
                if let first = inside.first, "hms".contains(first), inside.allSatisfy({ $0 == first }) {
                    section.elapsedHours = true
                }
            case "\\": if let shown = rest.popFirst() { section.literal.append(shown) }
            // The width of the next letter is left free, or it fills the cell.
            case "_", "*": rest = rest.dropFirst()
            default: section.letters += letter.lowercased()
            }
        }
        return section
    }
}
