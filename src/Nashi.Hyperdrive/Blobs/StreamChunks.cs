using System.Runtime.CompilerServices;

namespace Nashi.Hyperdrive.Blobs;

/// <summary>A stream, read as chunks of one size.</summary>
internal static class StreamChunks
{
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadChunksAsync(this Stream stream, int size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Not reused: chunks are kept until their group is appended.
            var chunk = new byte[size];
            var read = await stream.ReadAtLeastAsync(chunk, size, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (read > 0) yield return chunk.AsMemory(0, read);
            if (read < size) yield break;
        }
    }
}
