import Mustache

/// The text of a document as the office may change it: a Mustache template (mustache.5) with a little markup, see
/// `TemplateText`. Its placeholders are checked when it is read, before anything is numbered or sent.
///
/// Allowed are `{{name}}`, sections `{{#name}} … {{/name}}` (where the value is there), inverted ones `{{^name}} … {{/name}}`
/// (where it is not) and comments `{{! … }}`.
public struct DocumentTemplate: Sendable {
    /// Where it was read; for messages.
    public let path: String
    private let template: MustacheTemplate

    /// Reads a template.
    /// - Parameters:
    ///   - text: the template.
    ///   - path: its file, for messages.
    ///   - names: the placeholders that there are.
    /// - Throws: `DocumentError.template` that names the file, the line and the placeholders that there are.
    public init(_ text: String, path: String, names: Set<String>) throws(DocumentError) {
        for tag in try TemplateTag.all(in: text, path: path) where !names.contains(tag.name) {
            throw .template(
                "\(path):\(tag.line): there is no placeholder “\(tag.name)”; there are "
                    + names.sorted().joined(separator: ", "))
        }
        self.path = path
        do {
            // Plain text: the markup of pages escapes it later.
            template = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
        } catch let error as MustacheTemplate.ParserError {
            throw .template("\(path):\(error.context.lineNumber): \(error.error)")
        } catch {
            throw .template("\(path): \(error)")
        }
    }

    /// The text with its values; one that is empty counts as missing.
    /// - Throws: `DocumentError.template` where what comes out has no title.
    public func render(_ values: [String: String]) throws(DocumentError) -> TemplateText {
        let given = values.filter { !$0.value.isEmpty }.mapValues { TemplateText.guarded($0) }
        return try TemplateText(template.render(given), path: path)
    }
}
