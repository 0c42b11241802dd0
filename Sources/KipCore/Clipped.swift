extension String {
    /// The text where it has at most so many UTF-8 bytes, else its beginning with “ …”, which has no more.
    package func clipped(toBytes most: Int) -> String {
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
