using System.Globalization;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.LabPeer.Modes;

/// <summary><c>announce --bootstrap H:P --topics N</c>: announces topics that everybody can recompute, then stays.</summary>
internal static class AnnounceMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync();
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        var announced = 0;
        for (var i = 0; i < run.Number("topics", 10); i++)
        {
            try
            {
                await node.AnnounceAsync(TopicOf(i), keyPair, [], run.Ended);
                announced++;
            }
            catch (NashiException error)
            {
                run.Events.Emit("announce-error", ("i", i), ("message", error.Message));
            }
        }

        run.Events.Emit("announced", ("ok", announced));
        return await run.UntilEndedAsync();
    }

    public static Topic TopicOf(int index) => new(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"topic:{index}"))));
}
