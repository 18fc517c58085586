using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Dht;
using Nashi.Dht.Records;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht put</c>.</summary>
internal static class DhtPutCommand
{
    private static readonly int MaxSize = RecordLimits.Default.ValueSize;

    public static Command Build(CommandHost host)
    {
        var value = new Argument<string>("value") { Description = $"Text of at most {MaxSize} bytes; - reads standard input" };
        var mutable = new Option<bool>("--mutable") { Description = "Store it under our key, signed, so that it can be changed later; otherwise under its hash" };
        var seed = KeyFile.MakeOption();
        var sequence = new Option<ulong?>("--seq") { Description = "Number of this version (default: one more than the stored one)", HelpName = "n" };
        var command = new Command("put", "Store a small value in the network, for about two days") { value, mutable, seed, sequence };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(mutable) && (result.GetResult(seed) ?? result.GetResult(sequence)) is not null) result.AddError("--seed-file and --seq are for --mutable.");
        });
        host.Handle(command, async (context, cancellation) =>
        {
            var bytes = await ReadAsync(context.Parsed.GetRequiredValue(value), cancellation).ConfigureAwait(false);
            await (context.Parsed.GetValue(mutable)
                ? PutMutableAsync(context, bytes, context.Parsed.GetValue(seed), context.Parsed.GetValue(sequence), cancellation)
                : PutImmutableAsync(context, bytes, cancellation)).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task PutImmutableAsync(CliContext context, byte[] value, CancellationToken cancellation)
    {
        await using var node = await context.JoinAsync(cancellation).ConfigureAwait(false);
        var put = await node.ImmutablePutAsync(value, cancellation).ConfigureAwait(false);
        context.Reporter.Final(new JsonObject { ["hash"] = put.Hash.ToString(), ["storedAt"] = put.StoredAt }, put.Hash.ToString());
        context.Reporter.Hint($"Stored at {put.StoredAt} nodes. Anywhere: nashi dht get {put.Hash}");
    }

    private static async Task PutMutableAsync(CliContext context, byte[] value, FileInfo? seed, ulong? sequence, CancellationToken cancellation)
    {
        using var keyPair = KeyFile.Open(context, seed, "identity");
        await using var node = await context.JoinAsync(cancellation).ConfigureAwait(false);
        if (sequence is null)
        {
            var stored = await node.MutableGetAsync(keyPair.PublicKey, cancellationToken: cancellation).ConfigureAwait(false);
            sequence = stored is null ? 0 : stored.Sequence + 1;
        }

        var put = await node.MutablePutAsync(keyPair, value, sequence.Value, cancellation).ConfigureAwait(false);
        var facts = new JsonObject { ["publicKey"] = put.PublicKey.ToString(), ["seq"] = put.Sequence, ["storedAt"] = put.StoredAt };
        context.Reporter.Final(facts, put.PublicKey.ToString());
        context.Reporter.Hint($"Version {put.Sequence}, stored at {put.StoredAt} nodes. Anywhere: nashi dht get {put.PublicKey}");
    }

    private static async ValueTask<byte[]> ReadAsync(string text, CancellationToken cancellation)
    {
        if (text != "-") return Bounded(System.Text.Encoding.UTF8.GetBytes(text));
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            // One byte more than may be tells what is too long.
            var buffer = new byte[MaxSize + 1];
            var read = await input.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return Bounded(buffer[..read]);
        }
    }

    private static byte[] Bounded(byte[] value) =>
        value.Length <= MaxSize ? value : throw CliException.Usage($"A value has at most {MaxSize} bytes. Share larger things with: nashi share");
}
