using System.Text.Json.Nodes;
using Nashi.Autobase.Messages;
using Nashi.Encoding;

namespace Nashi.Autobase.Tests;

/// <summary>Messages as the JSON that the reference's decoder prints of them.</summary>
internal static class PlainMessages
{
    public static JsonNode? Of(OplogMessage message)
    {
        var plain = new JsonObject
        {
            ["version"] = message.Version,
            ["node"] = new JsonObject { ["heads"] = Of(message.Heads), ["batch"] = message.Batch, ["value"] = Of(message.Value) },
            ["checkpoint"] = Of(message.Checkpoint),
            ["digest"] = message.Digest is { } digest ? new JsonObject { ["pointer"] = digest.Pointer, ["key"] = Of(digest.Key) } : null,
            ["optimistic"] = message.Version == 0 ? null : message.IsOptimistic,
        };
        if (message.Version < 2) plain["maxSupportedVersion"] = message.MaxSupportedVersion;
        else plain["trace"] = Of(message.Trace);
        return plain;
    }

    public static JsonNode Of(BootRecord record)
    {
        var plain = new JsonObject
        {
            ["version"] = record.Version,
            ["key"] = Of(record.Key),
            ["systemLength"] = record.SystemLength,
            ["indexersUpdated"] = record.IndexersUpdated,
            ["fastForwarding"] = record.FastForwarding,
            ["recoveries"] = record.Recoveries,
        };
        if (record.Version != 0) return plain;
        plain["migrating"] = false;
        plain["heads"] = Of(record.Heads);
        return plain;
    }

    public static JsonNode Of(SystemInfo info) => new JsonObject
    {
        ["version"] = info.Version,
        ["members"] = info.Members,
        ["pendingIndexers"] = new JsonArray([.. info.PendingIndexers.Select(key => Of(key))]),
        ["indexers"] = Of(info.Indexers),
        ["heads"] = Of(info.Heads),
        ["views"] = Of(info.Views),
        ["encryptionLength"] = info.EncryptionLength,
        ["entropy"] = info.Entropy is { } entropy ? Of(entropy.ToArray()) : null,
    };

    public static JsonNode Of(Member member) =>
        new JsonObject { ["isIndexer"] = member.IsIndexer, ["isRemoved"] = member.IsRemoved, ["length"] = member.Length };

    public static JsonNode Of(LinearizerUpdate update) => new JsonObject
    {
        ["key"] = Of(update.Node.Key),
        ["length"] = update.Node.Length,
        ["batch"] = update.Batch,
        ["systemLength"] = update.SystemLength,
        ["indexers"] = update.Indexers,
    };

    public static JsonNode Of(EncryptionDescriptor descriptor) =>
        new JsonObject { ["type"] = descriptor.Type, ["payload"] = Of(descriptor.Payload) };

    public static JsonNode Of(ManifestData data) => new JsonObject
    {
        ["version"] = data.Version,
        ["legacyBlocks"] = data.LegacyBlocks,
        ["namespace"] = data.Namespace is { } name ? Of(name.ToArray()) : null,
    };

    public static JsonNode Of(IEnumerable<WriterHead> heads) =>
        new JsonArray([.. heads.Select(head => new JsonObject { ["key"] = Of(head.Key), ["length"] = head.Length })]);

    private static JsonObject? Of(Checkpoint? checkpoint)
    {
        if (checkpoint is null) return null;
        return new JsonObject
        {
            ["system"] = Of(checkpoint.System),
            ["encryption"] = Of(checkpoint.Encryption),
            ["user"] = checkpoint.User is { } user ? new JsonArray([.. user.Select(one => Of((ViewCheckpoint?)one))]) : null,
        };
    }

    private static JsonObject? Of(ViewCheckpoint? checkpoint)
    {
        if (checkpoint is not { } signed) return null;
        var signature = signed.Signature is null ? null : new JsonObject { ["signature"] = Of(signed.Signature), ["length"] = signed.Length };
        return new JsonObject { ["checkpointer"] = signed.Distance, ["checkpoint"] = signature };
    }

    private static JsonObject? Of(ReadTrace? trace)
    {
        if (trace is null) return null;
        return new JsonObject
        {
            ["system"] = Numbers(trace.System),
            ["encryption"] = Numbers(trace.Encryption),
            ["user"] = new JsonArray([.. trace.User.Select(view => new JsonObject { ["view"] = view.View, ["blocks"] = Numbers(view.Blocks) })]),
        };
    }

    private static JsonArray Numbers(IEnumerable<ulong> numbers) => new([.. numbers.Select(number => JsonValue.Create(number))]);

    private static JsonValue? Of(CoreKey? key) => key is { } value ? Of(value.ToArray()) : null;

    private static JsonValue? Of(byte[]? bytes) => bytes is null ? null : JsonValue.Create(Convert.ToHexStringLower(bytes));
}
