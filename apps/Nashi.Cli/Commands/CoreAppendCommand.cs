using System.CommandLine;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Nashi.Hypercore;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core append</c>.</summary>
internal static class CoreAppendCommand
{
    // Lines that are being made durable at one time: enough for one disk sync to serve many.
    private const int InFlightMax = 256;

    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var blocks = new Argument<string[]>("block") { Description = "Blocks to append, as text", Arity = ArgumentArity.ZeroOrMore };
        var lines = new Option<bool>("--lines") { Description = "Append each line of standard input as a block, and acknowledge each once it is durable" };
        var command = new Command("append", "Append blocks; done when they are on the disk") { key, blocks, lines };
        command.Validators.Add(result =>
        {
            if (result.GetValue(lines) == (result.GetValue(blocks) is { Length: > 0 })) result.AddError("Give blocks, or --lines to read them from standard input.");
        });
        host.Handle(command, (context, cancellation) =>
            RunAsync(context, context.Parsed.GetRequiredValue(key), context.Parsed.GetValue(blocks) ?? [], context.Parsed.GetValue(lines), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, string[] blocks, bool lines, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var core = await session.Store.GetAsync(key, null, cancellation).ConfigureAwait(false);
        if (!core.IsWritable)
        {
            throw new CliException("ERR_NOT_WRITABLE", $"The store in {context.StorageDirectory} holds no secret key for core {key}. Append where it was created, or name that store with --storage.");
        }

        if (lines) await AppendLinesAsync(context, core, cancellation).ConfigureAwait(false);
        else await AppendBlocksAsync(context, core, blocks, cancellation).ConfigureAwait(false);
        context.Reporter.Final(new JsonObject { ["length"] = core.Length, ["fork"] = core.Fork }, $"{core.Length} blocks");
    }

    private static async Task AppendBlocksAsync(CliContext context, Core core, string[] blocks, CancellationToken cancellation)
    {
        ReadOnlyMemory<byte>[] bytes = [.. blocks.Select(block => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(block))];
        var length = await core.AppendAsync(bytes, cancellation).ConfigureAwait(false);
        Acknowledge(context, length);
    }

    private static async Task AppendLinesAsync(CliContext context, Core core, CancellationToken cancellation)
    {
        var appends = Channel.CreateBounded<Task<ulong>>(InFlightMax);
        var acknowledging = AcknowledgeAsync(context, appends);
        Exception? failure = null;
        try
        {
            await ReadLinesAsync(core, appends.Writer, acknowledging, cancellation).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            _ = appends.Writer.TryComplete(failure);
            await acknowledging.ConfigureAwait(false);
        }
    }

    private static async Task ReadLinesAsync(Core core, ChannelWriter<Task<ulong>> appends, Task acknowledging, CancellationToken cancellation)
    {
        using var input = new StreamReader(Console.OpenStandardInput(), new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: false);
        while (await input.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
        {
            // The first failed append ends the command: nothing after it may be acknowledged.
            if (acknowledging.IsCompleted) return;
            await appends.WriteAsync(core.AppendAsync(System.Text.Encoding.UTF8.GetBytes(line), CancellationToken.None).AsTask(), cancellation).ConfigureAwait(false);
        }
    }

    private static async Task AcknowledgeAsync(CliContext context, Channel<Task<ulong>> appends)
    {
        try
        {
            await foreach (var append in appends.Reader.ReadAllAsync().ConfigureAwait(false)) Acknowledge(context, await append.ConfigureAwait(false));
        }
        catch (Exception error)
        {
            // Who waits for room in the channel would wait for ever.
            _ = appends.Writer.TryComplete(error);
            throw;
        }
    }

    private static void Acknowledge(CliContext context, ulong length) =>
        context.Reporter.Report("appended", new JsonObject { ["length"] = length });
}
