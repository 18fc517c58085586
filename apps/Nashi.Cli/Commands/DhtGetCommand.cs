using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht get</c>.</summary>
internal static class DhtGetCommand
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command Build(CommandHost host)
    {
        var key = new Argument<string>("key") { Description = "The hash of an immutable value, or the key that signs a mutable one" };
        var mutable = new Option<bool>("--mutable") { Description = "It is a key: do not look for a value with this hash" };
        var immutable = new Option<bool>("--immutable") { Description = "It is a hash: do not look for a value signed by this key" };
        var command = new Command("get", "Print a value that is stored in the network") { key, mutable, immutable };
        command.Validators.Add(result =>
        {
            if (result.GetValue(mutable) && result.GetValue(immutable)) result.AddError("Give --mutable or --immutable, not both.");
        });
        host.Handle(command, (context, cancellation) =>
        {
            var id = CliContext.ParseKey(context.Parsed.GetRequiredValue(key)).Value;
            return RunAsync(context, id, !context.Parsed.GetValue(immutable), !context.Parsed.GetValue(mutable), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, Bytes32 id, bool asKey, bool asHash, CancellationToken cancellation)
    {
        await using var node = await context.JoinAsync(cancellation).ConfigureAwait(false);
        // Keys and hashes look the same: what is not known is asked for both ways at once.
        var signed = asKey ? node.MutableGetAsync(new PublicKey(id), cancellationToken: cancellation).AsTask() : Task.FromResult<MutableRecord?>(null);
        var hashed = asHash ? node.ImmutableGetAsync(id, cancellation).AsTask() : Task.FromResult<byte[]?>(null);
        await Task.WhenAll(signed, hashed).ConfigureAwait(false);
        var record = await signed.ConfigureAwait(false);
        var value = await hashed.ConfigureAwait(false) ?? record?.Value;
        if (value is not { } bytes) throw new CliException("ERR_NOT_FOUND", $"The network holds no {What(asKey, asHash)} {id}. Values are forgotten after about two days.");
        await RawOutput.WriteAsync(context, bytes, cancellation).ConfigureAwait(false);
        var facts = new JsonObject { ["mutable"] = hashed.Result is null, ["value"] = Convert.ToHexStringLower(bytes.Span), ["text"] = TextOf(bytes) };
        if (hashed.Result is null && record is not null) facts["seq"] = record.Sequence;
        context.Reporter.Final(facts);
    }

    private static string What(bool asKey, bool asHash) => (asKey, asHash) switch
    {
        (true, false) => "value signed by",
        (false, true) => "value with the hash",
        _ => "value for",
    };

    private static string? TextOf(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return StrictUtf8.GetString(bytes.Span);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
