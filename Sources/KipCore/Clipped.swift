extension String {
    /// The text where it has at most so many UTF-8 bytes, else its beginning with “ …”, which has no more. A NUL becomes U+FFFD:
    /// whoever reads the text as a C string, as GRDB does, would lose what stands behind it.
    package func clipped(toBytes most: Int) -> String {
        if utf8.contains(0) {
            let scalars = unicodeScalars.map { $0.value == 0 ? "\u{FFFD}" : $0 }
            return String(String.UnicodeScalarView(scalars)).clipped(toBytes: most)
        }
        if utf8.count <= most { return self }
        let mark = " …"
        var text = ""
        var room = most - mark.utf8.count
        // By scalars, as one letter can have any number of marks on it.
        for scalar in unicodeScalars {
            room -= scalar.utf8.count
            if room < 0 { break }
            text.unicodeScalars.append(scalar)
        }
        return text + mark
    }
}
