namespace Nashi.Hypercore.State;

/// <summary>Keeps the blocks that a reader comes to next on their way here: a window, moved in halves.</summary>
internal sealed class ReadAhead(Core core, CoreReadOptions options) : IDisposable
{
    private CoreDownload? _download;
    private ulong _asked;

    public void MoveTo(ulong index)
    {
        if (options.Ahead <= 1 || options.Get.Wait == false || index + ((ulong)options.Ahead / 2) < _asked) return;
        var end = Math.Min(Math.Min(index + (ulong)options.Ahead, options.End ?? ulong.MaxValue), core.Length);
        if (end <= _asked) return;
        if (core.FindMissing(index) is not { } missing || missing >= end)
        {
            _asked = end;
            return;
        }

        // The next one begins where the reader is: what of the one before is still on its way stays asked for.
        var next = core.Download(index, end, linear: true);
        _download?.Dispose();
        (_download, _asked) = (next, end);
    }

    public void Dispose() => _download?.Dispose();
}
