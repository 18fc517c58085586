namespace Nashi.Chat.Messages;

/// <summary>What a message says: its text and files. Lies apart from the op, so that it can be cleared when the message is deleted.</summary>
internal sealed record Content(string Text, IReadOnlyList<Attachment> Attachments);
