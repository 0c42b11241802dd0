/// What a piece of a page is, for who hears it read (ISO 32000-1, 14.8.4). What has no tag, as page numbers and rules, is
/// not read.
enum StructureTag: String {
    case document = "Document"
    case heading1 = "H1"
    case heading2 = "H2"
    case heading3 = "H3"
    case paragraph = "P"
    case list = "L"
    case item = "LI"
    case itemBody = "LBody"
    case table = "Table"
    case row = "TR"
    case headCell = "TH"
    case cell = "TD"
    case caption = "Caption"
    case figure = "Figure"
}
