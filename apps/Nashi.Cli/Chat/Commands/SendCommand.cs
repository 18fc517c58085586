using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat send</c>.</summary>
internal static class SendCommand
{
    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var text = new Argument<string?>("text") { Description = "The message, or - to read it from standard input", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file") { Description = "A file that goes with it", HelpName = "path" };
        var reply = new Option<string?>("--reply") { Description = "The id of the message it answers", HelpName = "id" };
        var wait = new Option<string>("--wait") { Description = "How long to wait until another device has it (default 20s; 0s not at all)", HelpName = "time", DefaultValueFactory = _ => "20s" };
        var command = new Command("send", "Send a message, or a file") { room, text, file, reply, wait };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            var patience = context.Parsed.GetRequiredValue(wait) is "0" or "0s" ? TimeSpan.Zero : ChatLine.ParseTime(context.Parsed.GetRequiredValue(wait));
            var draft = await DraftAsync(context.Parsed.GetValue(text), context.Parsed.GetValue(reply), cancellation);
            var path = context.Parsed.GetValue(file);
            if (draft is null && path is null) throw CliException.Usage("There is nothing to send: give a text, - for standard input, or --file.");
            var message = path is null ? await opened.SendAsync(draft!, cancellation) : await SendFileAsync(context, opened, WorkingFolder.Resolve(path), draft, cancellation);
            await FinishAsync(context, opened, message, patience, cancellation);
        });
        return command;
    }

    private static async Task<Draft?> DraftAsync(string? text, string? reply, CancellationToken cancellation)
    {
        if (text == "-") text = await StandardInput.ReadAsync(Draft.MaxText, cancellation);
        MessageId? target = reply is null ? null : MessageId.TryParse(reply, out var id) ? id : throw CliException.Usage($"'{reply}' is not the id of a message.");
        return string.IsNullOrEmpty(text) ? null : new Draft(text, target);
    }

    private static async Task<ChatMessage> SendFileAsync(CliContext context, Room room, string path, Draft? draft, CancellationToken cancellation)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        using var progress = new FileProgress(context, Path.GetFileName(path), (ulong)content.Length);
        return await room.SendFileAsync(content, Path.GetFileName(path), MediaType.Of(path), draft, progress, cancellation);
    }

    private static async Task FinishAsync(CliContext context, Room room, ChatMessage message, TimeSpan patience, CancellationToken cancellation)
    {
        context.Reporter.Report("saved", new JsonObject { ["id"] = message.Id.ToString() });
        if (patience > TimeSpan.Zero) await FlushAsync(room, patience, cancellation);
        var delivery = room.DeliveryOf(message.Id);
        context.Reporter.Final(new JsonObject { ["id"] = message.Id.ToString(), ["room"] = room.Id.ToString(), ["delivery"] = MessageReport.ToJson(delivery) }, Sentence(delivery));
        if (delivery is { Members: 0, BlindPeers: 0, Others: > 0 }) context.Reporter.Hint("Nobody has it yet. It goes out while this profile is online with another member: nashi chat, or nashi chat serve.");
    }

    // It is saved: Ctrl-C from here on loses nothing.
    private static async Task FlushAsync(Room room, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            _ = await room.FlushAsync(patience, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // As if patience were over.
        }
    }

    private static string Sentence(Delivery delivery) => TerminalText.Line(char.ToUpperInvariant(delivery.ToString()[0]) + delivery.ToString()[1..] + ".");
}
