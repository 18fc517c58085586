namespace Nashi.Deploy;

/// <summary>The drive has nothing at a path.</summary>
public sealed class PathNotFoundException(PearLink link)
    : NashiException("ERR_NOT_FOUND", $"There is nothing at {link}. 'nashi dump {link.Origin} --list' shows what there is.");
